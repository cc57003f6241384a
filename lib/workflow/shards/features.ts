import { SegmentationError } from "../../domain/errors.ts";
import { toTenThousandths } from "../../domain/money.ts";
import type { ObjectStore } from "../../ports.ts";
import { type RowRange, readColumns } from "../lake/parquet.ts";
import { customerOrder, inOrder } from "./customerOrder.ts";

/** Features of a stretch of customers, a column each. Money in ten-thousandths, so that its text is exact. */
export interface FeatureColumns {
  readonly customerId: readonly string[];
  readonly recencyDays: Float64Array;
  readonly frequency: Float64Array;
  readonly monetary: Float64Array;
  readonly monetaryUnits: Float64Array;
  readonly firstPurchase: readonly string[];
  readonly lastPurchase: readonly string[];
}

/** Money beyond what integers of a double can hold to four decimals. */
export class MonetaryOverflowError extends SegmentationError {
  constructor(customerId: string, monetary: number) {
    super(
      "MONETARY_OVERFLOW",
      `Customer ${customerId} has a monetary value of ${monetary}: more than 225 billion cannot be kept exact. Check the amounts, or give them in a larger unit.`,
      { customerId, monetary },
    );
  }
}

/** A double holds a decimal with four places well enough to give its ten-thousandths back up to here. */
const MAX_EXACT_UNITS = 2 ** 51;
const COLUMNS = ["customer_id", "recency_days", "frequency", "monetary", "first_purchase", "last_purchase"] as const;

/**
 * Reads the features of stretches of files, one after the other, and brings them in the order of customer_id.
 * @throws CustomerOrderError, MonetaryOverflowError
 */
export async function readFeatures(store: ObjectStore, ranges: readonly RowRange[]): Promise<FeatureColumns> {
  const rows = ranges.reduce((sum, range) => sum + range.end - range.start, 0);
  const columns: FeatureColumns = {
    customerId: new Array<string>(rows),
    recencyDays: new Float64Array(rows),
    frequency: new Float64Array(rows),
    monetary: new Float64Array(rows),
    monetaryUnits: new Float64Array(rows),
    firstPurchase: new Array<string>(rows),
    lastPurchase: new Array<string>(rows),
  };
  let offset = 0;
  for (const range of ranges) {
    copyRange(columns, await readColumns(store, range, COLUMNS), offset, range.end - range.start);
    offset += range.end - range.start;
  }
  const order = customerOrder(
    columns.customerId,
    ranges.map(({ key, start, end }) => ({ key, rows: end - start })),
  );
  return order === undefined ? columns : reorder(columns, order);
}

const reorder = (columns: FeatureColumns, order: Uint32Array): FeatureColumns => ({
  customerId: inOrder(columns.customerId, order),
  recencyDays: inOrder(columns.recencyDays, order),
  frequency: inOrder(columns.frequency, order),
  monetary: inOrder(columns.monetary, order),
  monetaryUnits: inOrder(columns.monetaryUnits, order),
  firstPurchase: inOrder(columns.firstPurchase, order),
  lastPurchase: inOrder(columns.lastPurchase, order),
});

function copyRange(
  to: FeatureColumns,
  from: ReadonlyMap<string, ArrayLike<unknown>>,
  offset: number,
  rows: number,
): void {
  const column = (name: (typeof COLUMNS)[number]): ArrayLike<unknown> => from.get(name) as ArrayLike<unknown>;
  const [ids, recency, frequency] = [column("customer_id"), column("recency_days"), column("frequency")];
  const [monetary, first, last] = [column("monetary"), column("first_purchase"), column("last_purchase")];
  for (let i = 0; i < rows; i++) {
    const at = offset + i;
    const units = toTenThousandths(Number(monetary[i]));
    if (Math.abs(units) > MAX_EXACT_UNITS) throw new MonetaryOverflowError(String(ids[i]), Number(monetary[i]));
    (to.customerId as string[])[at] = ids[i] as string;
    to.recencyDays[at] = Number(recency[i]);
    to.frequency[at] = Number(frequency[i]);
    to.monetaryUnits[at] = units;
    // Not the value as read: the reader multiplies by 0.0001, which is off by an ulp; a division rounds right.
    to.monetary[at] = units / 10_000;
    (to.firstPurchase as string[])[at] = first[i] as string;
    (to.lastPurchase as string[])[at] = last[i] as string;
  }
}

/** The column of a feature by the name it has in the features table. */
export function featureColumn(columns: FeatureColumns, name: string): Float64Array {
  if (name === "recency_days") return columns.recencyDays;
  if (name === "frequency") return columns.frequency;
  if (name === "monetary") return columns.monetary;
  throw new SegmentationError("UNKNOWN_FEATURE", `There is no feature "${name}" in the features table.`, { name });
}
