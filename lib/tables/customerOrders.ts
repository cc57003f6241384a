import type { SegmentColumn } from "./segments.ts";

/** By what customers of a run are listed, the first of it first; equal ones in the order of their ids. */
export const CUSTOMER_ORDERS = {
  monetary: { column: "monetary", isDescending: true },
  frequency: { column: "frequency", isDescending: true },
  recency: { column: "recency_days", isDescending: false },
  quiet: { column: "recency_days", isDescending: true },
  distance: { column: "distance", isDescending: true },
} as const satisfies Readonly<Record<string, { readonly column: SegmentColumn; readonly isDescending: boolean }>>;

export type CustomerOrder = keyof typeof CUSTOMER_ORDERS;
export const CUSTOMER_ORDER_NAMES = Object.keys(CUSTOMER_ORDERS) as [CustomerOrder, ...CustomerOrder[]];

/**
 * The same as SQL, after `order by`; runs without clusters have no distances.
 * @param table what the customers are called: a select list may have money as text under the column's own name.
 */
export function orderByOf(order: CustomerOrder, table: string): string {
  const { column, isDescending } = CUSTOMER_ORDERS[order];
  return `${table}.${column}${isDescending ? " desc" : ""} nulls last, ${table}.customer_id`;
}
