import { customerIdOf } from "../../domain/customerId.ts";

/** Names under which a customer's id stands in JSON of the lake. */
const ID_NAMES = new Set(["customerId", "customer_id", "customer", "id"]);

/** Records of a CSV text with the line break that ends each; quotes may hold line breaks. */
export function csvRecords(text: string): string[] {
  const records: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    if (c === "\n" && !quoted) {
      records.push(text.slice(start, i + 1));
      start = i + 1;
    }
  }
  return start < text.length ? [...records, text.slice(start)] : records;
}

/** The fields of one record. */
const fieldsOf = (record: string): string[] =>
  [...record.replace(/\r?\n$/, "").matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );

/** A CSV of the lake's own without the customer's records; undefined where it has none, or no column of customers. */
export function pruneCsv(text: string, customerId: string): string | undefined {
  const [header, ...records] = csvRecords(text);
  const position = header === undefined ? -1 : fieldsOf(header.replace(/^\ufeff/, "")).indexOf("customer_id");
  if (position < 0) return undefined;
  const rest = records.filter((record) => customerIdOf(fieldsOf(record)[position] ?? "") !== customerId);
  return rest.length === records.length ? undefined : [header, ...rest].join("");
}

/** JSON, or JSON lines, without the objects that stand for the customer; undefined where there are none. */
export function pruneJson(text: string, customerId: string): string | undefined {
  const whole = parsed(text);
  if (whole !== undefined) {
    const pruned = withoutCustomer(whole.value, customerId);
    return pruned === whole.value ? undefined : `${JSON.stringify(pruned, null, 2)}\n`;
  }
  const lines = text.split("\n");
  const kept = lines.flatMap((line) => {
    const value = parsed(line);
    if (value === undefined) return [line];
    const pruned = withoutCustomer(value.value, customerId);
    return pruned === undefined ? [] : [pruned === value.value ? line : JSON.stringify(pruned)];
  });
  const result = kept.join("\n");
  return result === text ? undefined : result;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // Not JSON as a whole: the caller goes on line by line, or leaves the text as it is.
    return undefined;
  }
}

/** The same value where nothing stands for the customer; undefined where all of it does. */
function withoutCustomer(value: unknown, customerId: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutCustomer(item, customerId));
    const isSame = items.every((item, i) => item === value[i]);
    return isSame ? value : items.filter((item, i) => item !== undefined || value[i] === undefined);
  }
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  if (entries.some(([name, held]) => ID_NAMES.has(name) && customerIdOf(String(held)) === customerId)) return undefined;
  const pruned = entries.map(([name, held]) => [name, withoutCustomer(held, customerId)] as const);
  const isSame = pruned.every(([, held], i) => held === entries[i]?.[1]);
  return isSame
    ? value
    : Object.fromEntries(pruned.filter(([name, held]) => held !== undefined && customerIdOf(name) !== customerId));
}
