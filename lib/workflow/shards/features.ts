import type { FeatureSource } from "../../domain/clustering/space/features.ts";
import { SegmentationError } from "../../domain/errors.ts";
import { toTenThousandths } from "../../domain/money.ts";
import type { ObjectStore } from "../../ports.ts";
import { FEATURES } from "../../tables/segments.ts";
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
  /** Those asked for beyond R, F and M, by their keys; NaN where a customer has no value. */
  readonly features: ReadonlyMap<string, Float64Array>;
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
 * @param sources features wanted beyond R, F and M.
 * @throws CustomerOrderError, MonetaryOverflowError
 */
export async function readFeatures(
  store: ObjectStore,
  ranges: readonly RowRange[],
  sources: readonly Pick<FeatureSource, "key" | "column">[] = [],
): Promise<FeatureColumns> {
  const further = sources.filter(({ column }) => !(COLUMNS as readonly string[]).includes(column));
  const rows = ranges.reduce((sum, range) => sum + range.end - range.start, 0);
  const columns: FeatureColumns = {
    customerId: new Array<string>(rows),
    recencyDays: new Float64Array(rows),
    frequency: new Float64Array(rows),
    monetary: new Float64Array(rows),
    monetaryUnits: new Float64Array(rows),
    firstPurchase: new Array<string>(rows),
    lastPurchase: new Array<string>(rows),
    features: new Map(further.map(({ key }) => [key, new Float64Array(rows)])),
  };
  const wanted = [...COLUMNS, ...further.map(({ column }) => column)];
  let offset = 0;
  for (const range of ranges) {
    const found = await readColumns(store, range, wanted);
    copyRange(columns, found, offset, range.end - range.start);
    for (const { key, column } of further)
      columns.features.get(key)?.set(numbersOf(column, found.get(column), range.end - range.start), offset);
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
  features: new Map([...columns.features].map(([key, values]) => [key, inOrder(values, order)])),
});

/** A column of numbers, exact decimals brought to the double that is nearest to them; NaN where there is no value. */
function numbersOf(column: string, cells: ArrayLike<unknown> | undefined, rows: number): Float64Array {
  const isDecimal = FEATURES.columns[column as keyof typeof FEATURES.columns]?.holds === "money";
  return Float64Array.from({ length: rows }, (_, row) => {
    const cell = cells?.[row] ?? Number.NaN;
    return isDecimal ? toTenThousandths(Number(cell)) / 10_000 : Number(cell);
  });
}

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
