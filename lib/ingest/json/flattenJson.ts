import { recogniseColumns } from "../columns/recogniseColumns.ts";

/** Values of a record by dotted name, in its order. */
export type FlatRecord = Map<string, string | null>;

/** Objects nested deeper than this stay JSON text. */
const MAX_DEPTH = 3;

type Json = string | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity/g;

/** `1.5e3` as `1500`, exactly; exponents beyond 40 stay. */
export function plainDecimal(number: string): string {
  const [, sign, whole, fraction = "", exponent] = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(number) ?? [];
  if (sign === undefined || whole === undefined || exponent === undefined) return number;
  const shift = Number(exponent);
  if (Math.abs(shift) > 40) return number;
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0");
  const at = Math.max(1, point);
  const units = padded.slice(0, at).replace(/^0+(?=\d)/, "");
  return `${sign}${units}${at < padded.length ? `.${padded.slice(at)}` : ""}`;
}

/**
 * Parses one record with its numbers as text, exactly as written but for exponents: JavaScript's numbers would round
 * ids and money. `NaN` and `Infinity`, which some programs write, are null. Undefined for what is not a JSON object.
 */
export function parseJsonObject(text: string): JsonObject | undefined {
  const quotedNumbers = text.replace(STRING_OR_NUMBER, (token) => {
    const first = token.charCodeAt(0);
    if (first === 0x22) return token;
    if (token.endsWith("N") || token.endsWith("y")) return "null";
    return `"${plainDecimal(token)}"`;
  });
  try {
    const value: unknown = JSON.parse(quotedNumbers);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined;
  } catch {
    // Told as an unreadable record, with its number.
    return undefined;
  }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list or object as JSON text; null for one that is nested thousands of levels deep. */
function jsonText(value: Json): string | null {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Adds the values of an object by dotted names; lists become JSON text. */
export function flattenInto(flat: FlatRecord, object: JsonObject, prefix = "", depth = 1): void {
  for (const [key, value] of Object.entries(object)) {
    // No name of a column may hold a zero byte.
    const name = `${prefix}${key.includes("\0") ? key.replaceAll("\0", "") : key}`;
    if (isObject(value) && depth < MAX_DEPTH) flattenInto(flat, value, `${name}.`, depth + 1);
    else if (value === null || typeof value === "string") flat.set(name, value);
    else flat.set(name, typeof value === "boolean" ? String(value) : jsonText(value));
  }
}

/** How records become rows: one each, or one per element of a list that holds the lines of an order. */
export interface RowPlan {
  readonly linesKey: string | undefined;
  /** Names of the lines' values that are taken by the order, and get the list's name before them. */
  readonly takenNames: ReadonlySet<string>;
}

const LINE_ROLES = ["quantity", "price", "amount", "product", "description"] as const;

/** How much the elements of a list look like the lines of an order: roles found by name, 0 without money. */
function lineScore(names: readonly string[]): number {
  const { chosen, ambiguous } = recogniseColumns(names, { roles: new Set(), indexes: new Set() });
  const roles = LINE_ROLES.filter((role) => chosen.has(role) || ambiguous.has(role));
  return roles.includes("price") || roles.includes("amount") ? roles.length : 0;
}

/** Decides from the first records which list, if any, holds the lines of an order. */
export function planRows(records: readonly JsonObject[]): RowPlan {
  const lists = new Map<string, FlatRecord>();
  const own: FlatRecord = new Map();
  for (const record of records) {
    flattenInto(own, record);
    for (const [key, value] of Object.entries(record)) {
      if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) continue;
      const names = lists.get(key) ?? new Map();
      for (const element of value) flattenInto(names, element as JsonObject, "", 2);
      lists.set(key, names);
    }
  }
  const scored = [...lists].map(([key, names]) => ({ key, score: lineScore([...names.keys()]) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a), { key: "", score: 1 });
  const isClear = best.score > 1 && scored.filter(({ score }) => score === best.score).length === 1;
  return { linesKey: isClear ? best.key : undefined, takenNames: new Set(own.keys()) };
}

/** The rows of a record, one at a time: all of them repeat what the order says. An order without lines is one row. */
export function* rowsOf(record: JsonObject, { linesKey, takenNames }: RowPlan): Generator<FlatRecord> {
  const order: FlatRecord = new Map();
  const list = linesKey === undefined ? undefined : record[linesKey];
  if (linesKey === undefined || !Array.isArray(list)) {
    flattenInto(order, record);
    yield order;
    return;
  }
  const { [linesKey]: _, ...rest } = record;
  flattenInto(order, rest);
  const lines = list.filter(isObject);
  for (const line of lines.length === 0 ? [{}] : lines) {
    const flat: FlatRecord = new Map(order);
    const own: FlatRecord = new Map();
    flattenInto(own, line, "", 2);
    for (const [name, value] of own) flat.set(takenNames.has(name) ? `${linesKey}.${name}` : name, value);
    yield flat;
  }
}
