/**
 * Data for the page, small: a list of two or more objects with the same keys becomes one list of keys and one of rows.
 * `unpack(pack(x))` equals x for everything that JSON can hold.
 */

const KEYS = "$keys";

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** @param value anything that JSON can hold. */
export function pack(value: unknown): Json {
  if (Array.isArray(value)) return packList(value);
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === undefined ? [] : [[name, pack(inner)]])),
  );
}

function packList(list: readonly unknown[]): Json {
  const [first] = list;
  const isPlain = (item: unknown): item is object =>
    typeof item === "object" && item !== null && !Array.isArray(item) && !(KEYS in item);
  if (list.length < 2 || !isPlain(first)) return list.map(pack);
  const keys = Object.keys(first);
  const isSame = (item: unknown): boolean => isPlain(item) && Object.keys(item).join("\n") === keys.join("\n");
  if (keys.length === 0 || !list.every(isSame)) return list.map(pack);
  const rows = list.map((item) => keys.map((key) => pack((item as Record<string, unknown>)[key])));
  return { [KEYS]: keys, rows };
}

/** The value that was packed. */
export function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value !== "object" || value === null) return value;
  const keys = (value as Record<string, unknown>)[KEYS];
  if (Array.isArray(keys)) {
    const { rows } = value as unknown as { rows: readonly (readonly unknown[])[] };
    return rows.map((row) => Object.fromEntries(keys.map((key, index) => [key, unpack(row[index])])));
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unpack(inner)]));
}
