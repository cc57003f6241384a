import { erasedIdOf } from "../../domain/customerId.ts";
import { withPageData } from "../../domain/dashboard/pageData.ts";
import { csvFields } from "../../domain/text/csv.ts";

/** Names under which a customer's id stands in JSON of the lake. */
const ID_NAMES = new Set(["customerId", "customer_id"]);
const ID_COLUMN = "customer_id";

/** Stands for a document of which nothing is left. */
export const NOTHING: unique symbol = Symbol("nothing");

/**
 * Tells records of customers from others, by the header of a CSV of the lake's own.
 * @returns undefined where the CSV has no column of customers.
 */
export function customerRecords(header: string, customerId: string): ((record: string) => boolean) | undefined {
  const position = csvFields(header.replace(/^\ufeff/, "")).indexOf(ID_COLUMN);
  return position < 0 ? undefined : (record) => erasedIdOf(csvFields(record)[position] ?? "") === customerId;
}

/** JSON, or JSON lines, without the objects that stand for the customer; the text itself where there are none. */
export function pruneJson(text: string, customerId: string): string | typeof NOTHING {
  const whole = parsed(text);
  if (whole !== undefined) {
    const pruned = withoutCustomer(whole.value, customerId);
    if (pruned === undefined) return NOTHING;
    return pruned === whole.value ? text : `${JSON.stringify(pruned, null, 2)}\n`;
  }
  const kept = text.split("\n").flatMap((line) => {
    const value = parsed(line);
    if (value === undefined) return [line];
    const pruned = withoutCustomer(value.value, customerId);
    return pruned === undefined ? [] : [pruned === value.value ? line : JSON.stringify(pruned)];
  });
  return kept.join("\n");
}

/** A dashboard without the customer; the text itself where it names none, undefined where it is no page of ours. */
export const prunePage = (page: string, customerId: string): string | undefined =>
  withPageData(page, (data) => withoutCustomer(data, customerId));

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
  if (entries.some(([name, held]) => ID_NAMES.has(name) && erasedIdOf(String(held)) === customerId)) return undefined;
  const pruned = entries.map(([name, held]) => [name, withoutCustomer(held, customerId)] as const);
  const isSame = pruned.every(([, held], i) => held === entries[i]?.[1]);
  return isSame ? value : Object.fromEntries(pruned.filter(([, held]) => held !== undefined));
}
