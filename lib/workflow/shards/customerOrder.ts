import { SegmentationError } from "../../domain/errors.ts";
import { compareUtf8 } from "../../domain/text/utf8Order.ts";

/** A file of customers that is not in the order of customer_id within itself, or a customer who stands twice. */
export class CustomerOrderError extends SegmentationError {
  constructor(key: string, before: string, after: string) {
    const what = before === after ? `customer ${before} twice` : `customer ${after} behind ${before}`;
    super(
      "CUSTOMER_ORDER",
      `${key} has ${what}, but the statement that wrote it sorts by customer and has each once. Run again, so that it is written anew.`,
      { key, before, after },
    );
  }
}

/** @throws CustomerOrderError unless each id is above the one before it. */
export function checkAscending(ids: ArrayLike<string>, key: string, from = 0, to = ids.length): void {
  for (let i = from + 1; i < to; i++)
    if (compareUtf8(ids[i - 1] as string, ids[i] as string) >= 0)
      throw new CustomerOrderError(key, ids[i - 1] as string, ids[i] as string);
}

/** Rows of one file among concatenated ones. */
export interface SortedRun {
  readonly key: string;
  readonly rows: number;
}

/**
 * The order of concatenated runs, each sorted within itself, as a merge would give it: the files of an UNLOAD have no
 * order among them. Undefined where the ids are in order as they stand.
 * @throws CustomerOrderError
 */
export function customerOrder(ids: readonly string[], runs: readonly SortedRun[]): Uint32Array | undefined {
  let start = 0;
  let isOrdered = true;
  for (const { key, rows } of runs) {
    checkAscending(ids, key, start, start + rows);
    if (start > 0 && rows > 0) isOrdered &&= compareUtf8(ids[start - 1] as string, ids[start] as string) < 0;
    start += rows;
  }
  return isOrdered ? undefined : sortedOrder(ids, () => runs.map(({ key }) => key).join(", "));
}

/**
 * The order of rows that one statement wrote beside those of other tables, which leaves them in none.
 * @param folder where they lie. @throws CustomerOrderError for a customer who stands twice.
 */
export const orderOfRows = (ids: readonly string[], folder: string): Uint32Array => sortedOrder(ids, () => folder);

function sortedOrder(ids: readonly string[], place: () => string): Uint32Array {
  // The engine's sort merges the runs that it finds.
  const order = Array.from(ids.keys()).sort((a, b) => compareUtf8(ids[a] as string, ids[b] as string));
  for (let i = 1; i < order.length; i++) {
    const [before, after] = [ids[order[i - 1] as number] as string, ids[order[i] as number] as string];
    if (before === after) throw new CustomerOrderError(place(), before, after);
  }
  return Uint32Array.from(order);
}

/** A column in another order. */
export function inOrder<Column extends Float64Array | readonly string[]>(column: Column, order: Uint32Array): Column {
  const at = (row: number): never => column[row] as never;
  return (column instanceof Float64Array ? Float64Array.from(order, at) : Array.from(order, at)) as never;
}
