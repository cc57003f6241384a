import type { Config } from "./config.ts";
import { SegmentationError } from "./errors.ts";
import { unitsToNumber } from "./money.ts";

/** One line of a customer's purchases. Money in ten-thousandths. */
export interface ScoringTransaction {
  /** ISO date. */
  readonly date: string;
  readonly amountUnits: bigint;
  readonly order?: string | undefined;
  readonly product?: string | undefined;
}

/** The part of a configuration that decides which lines count. */
export type TransactionPolicy = Pick<
  Config,
  "returns" | "duplicates" | "cancellationPattern" | "nonProducts" | "validDates" | "frequencyBasis"
>;

/** The days that count: from `windowStart` to the day before `snapshotDate`, ISO dates. */
export interface TransactionWindow {
  readonly snapshotDate: string;
  readonly windowStart: string;
}

/** R, F and M of one customer, in units. */
export interface CustomerRfm {
  readonly recencyDays: number;
  readonly frequency: number;
  readonly monetary: number;
}

/** No line of a customer is a purchase that counts, so there is no recency. */
export class NoPurchaseError extends SegmentationError {
  constructor(lines: number) {
    super("NO_PURCHASE", `None of the ${lines} transactions is a purchase that counts before the snapshot date.`);
  }
}

const MS_PER_DAY = 86_400_000;

/**
 * Recency, frequency and monetary value of one customer's lines, by the definitions of `sql/athena/build_features.sql`: returns never count as a
 * visit, a line without an order belongs to the order of its day, days on or after the snapshot date do not count. A line is an exact copy of
 * another only where both name a product: two articles of one order may well cost the same.
 * @throws NoPurchaseError
 */
export function aggregateTransactions(
  lines: readonly ScoringTransaction[],
  policy: TransactionPolicy,
  window: TransactionWindow,
): CustomerRfm {
  const isKept = keeping(policy, window);
  const cancellation = new RegExp(policy.cancellationPattern, "u");
  const orders = new Set<string>();
  const days = new Set<string>();
  let units = 0n;
  let lastPurchase = "";
  for (const line of lines) {
    const isReturn = line.amountUnits <= 0n || (line.order !== undefined && cancellation.test(line.order));
    if (!isKept(line, isReturn)) continue;
    if (isReturn && policy.returns === "net") {
      units -= line.amountUnits < 0n ? -line.amountUnits : line.amountUnits;
      continue;
    }
    units += line.amountUnits;
    orders.add(line.order === undefined ? `day ${line.date}` : `order ${line.order}`);
    days.add(line.date);
    if (line.date > lastPurchase) lastPurchase = line.date;
  }
  if (lastPurchase === "") throw new NoPurchaseError(lines.length);
  return {
    recencyDays: (Date.parse(window.snapshotDate) - Date.parse(lastPurchase)) / MS_PER_DAY,
    frequency: policy.frequencyBasis === "active_days" ? days.size : orders.size,
    monetary: unitsToNumber(units),
  };
}

/** Which lines count at all; looks at each line once, in order, for it remembers what it has seen. */
function keeping(
  policy: TransactionPolicy,
  { snapshotDate, windowStart }: TransactionWindow,
): (line: ScoringTransaction, isReturn: boolean) => boolean {
  const nonProduct = policy.nonProducts.drop ? new RegExp(policy.nonProducts.pattern, "u") : undefined;
  const { earliest, latest } = policy.validDates;
  const seen = new Set<string>();
  return (line, isReturn) => {
    if (line.product !== undefined) {
      const identity = JSON.stringify([line.date, String(line.amountUnits), line.order ?? null, line.product]);
      if (policy.duplicates === "drop" && seen.has(identity)) return false;
      seen.add(identity);
      if (nonProduct?.test(line.product) === true) return false;
    }
    if (isReturn && policy.returns === "drop") return false;
    if (line.date < earliest || (latest !== "auto" && line.date > latest)) return false;
    return line.date >= windowStart && line.date < snapshotDate;
  };
}
