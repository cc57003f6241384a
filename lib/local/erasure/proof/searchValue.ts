import { erasedIdOf } from "../../../domain/customerId.ts";
import type { Found } from "../../../workflow/erasure/types.ts";

/** Names that are customers', in any spelling: `customer_id`, `customerId`, `Customer ID`. */
export const isCustomers = (name: string): boolean => name.toLowerCase().replace(/[^a-z]/g, "") === "customerid";

/** Values under names that are customers', also where a list of objects is packed as names and rows. */
export function searchValue(value: unknown, id: string, isOfCustomers = false): Found {
  if (value === null || typeof value !== "object")
    return { customers: isOfCustomers && erasedIdOf(String(value)) === id ? 1 : 0, places: 0 };
  const { $keys, rows } = value as { $keys?: unknown; rows?: unknown };
  const isPacked = Array.isArray($keys) && Array.isArray(rows);
  const inner: (readonly [string, unknown])[] = isPacked
    ? rows.flatMap((row: unknown[]) => row.map((cell, i) => [String($keys[i]), cell] as const))
    : Object.entries(value);
  const isList = Array.isArray(value);
  const customers = inner.reduce(
    (sum, [name, held]) => sum + searchValue(held, id, isList ? isOfCustomers : isCustomers(name)).customers,
    0,
  );
  return { customers, places: 0 };
}
