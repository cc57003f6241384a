import type { Config } from "../config/config.ts";
import { daysBetween } from "../dates.ts";
import { SegmentationError } from "../errors.ts";
import { meaningOfStatus, STATUS_GROUPS } from "../quality/statuses.ts";
import { returnedPurchases } from "./matchReturns.ts";
import { inOneCurrency } from "./oneCurrency.ts";
import { type CountedLine, countLines } from "./transactionFeatures.ts";

/** One line of a customer's purchases. Money in ten-thousandths. */
export interface ScoringTransaction {
  /** ISO date. */
  readonly date: string;
  readonly amountUnits: bigint;
  readonly order?: string | undefined;
  readonly product?: string | undefined;
  /** Word of a shop for the state of the order. */
  readonly status?: string | undefined;
  /** ISO 4217 code; without one the amount is in the currency of the model's data. */
  readonly currency?: string | undefined;
}

/** The part of a configuration that decides which lines count, and for how much. */
export type TransactionPolicy = Pick<
  Config,
  | "returns"
  | "duplicates"
  | "cancellationPattern"
  | "nonProducts"
  | "validDates"
  | "frequencyBasis"
  | "statuses"
  | "currency"
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

/** When a customer bought, and for how much after the first day, in units. */
export interface CustomerPurchases {
  /** ISO dates. */
  readonly firstPurchase: string;
  readonly lastPurchase: string;
  /** Days with a purchase. */
  readonly activeDays: number;
  /** Money after the day of the first purchase. */
  readonly repeatMonetary: number;
}

/** No line of a customer is a purchase that counts, so there is no recency. */
export class NoPurchaseError extends SegmentationError {
  constructor(lines: number) {
    super("NO_PURCHASE", `None of the ${lines} transactions is a purchase that counts before the snapshot date.`);
  }
}

/** Ten-thousandths from which on a line is no line of a shop, and dropped as `amount_overflow`. */
const OVERFLOW_UNITS = 10n ** 16n;

/** Recency, frequency and monetary value of one customer's lines. @throws NoPurchaseError, TransactionCurrencyError */
export function aggregateTransactions(
  lines: readonly ScoringTransaction[],
  policy: TransactionPolicy,
  window: TransactionWindow,
): CustomerRfm {
  return aggregateCustomer(lines, policy, window).rfm;
}

/**
 * What one customer's lines come to, by the definitions of
 * `sql/athena/partials/order_lines.sql` and `build_features.sql`: statuses drop lines or make them returns, foreign
 * amounts are converted, returns never count as a visit, a line without an order belongs to the order of its day, days
 * on or after the snapshot date do not count. A line is an exact copy of another only where both name an order and a
 * product: two articles of one order may well cost the same, and so may two purchases of one day.
 * @throws NoPurchaseError, TransactionCurrencyError
 */
export function aggregateCustomer(
  lines: readonly ScoringTransaction[],
  policy: TransactionPolicy,
  window: TransactionWindow,
): { readonly rfm: CustomerRfm; readonly purchases: CustomerPurchases; readonly counted: readonly CountedLine[] } {
  const isKept = keeping(policy, window);
  const cancellation = new RegExp(policy.cancellationPattern, "u");
  const counted: CountedLine[] = [];
  const worthOf = inOneCurrency(lines, policy.currency);
  const judged = lines.map((line): JudgedLine => {
    const worth = worthOf(line);
    const meaning = line.status === undefined ? "kept" : meaningOfStatus(line.status, policy.statuses);
    const isReturned = meaning === "returns";
    const isReturn = isReturned || worth <= 0n || (line.order !== undefined && cancellation.test(line.order));
    const isDropped = (STATUS_GROUPS as readonly string[]).includes(meaning) || magnitudeOf(worth) >= OVERFLOW_UNITS;
    return { ...line, worth, isReturned, isReturn, standing: isKept(line, isDropped) };
  });
  const takenBack = policy.returns === "match" ? returnedPurchases(judged.filter(canMatch)) : NONE;
  for (const line of judged) {
    const { worth, isReturned, isReturn, standing } = line;
    if (standing !== "kept" || takenBack.has(line)) continue;
    if (isReturn && (policy.returns === "drop" || policy.returns === "match")) continue;
    const isNet = isReturn && policy.returns === "net";
    counted.push({
      date: line.date,
      units: isNet || isReturned ? -magnitudeOf(worth) : worth,
      order: isNet ? undefined : line.order === undefined ? `day ${line.date}` : `order ${line.order}`,
    });
  }
  const dates = counted.flatMap(({ date, order }) => (order === undefined ? [] : [date])).sort();
  const [firstPurchase, lastPurchase] = [dates[0], dates.at(-1)];
  if (firstPurchase === undefined || lastPurchase === undefined) throw new NoPurchaseError(lines.length);
  const { frequency, monetary, activeDays } = countLines(counted, policy.frequencyBasis);
  const repeats = counted.filter(({ date }) => date > firstPurchase);
  return {
    rfm: { recencyDays: daysBetween(lastPurchase, window.snapshotDate), frequency, monetary },
    purchases: {
      ...{ firstPurchase, lastPurchase, activeDays },
      repeatMonetary: countLines(repeats, policy.frequencyBasis).monetary,
    },
    counted,
  };
}

/** Whether a line counts by all but the returns policy; a return may belong to a purchase before the window. */
type Standing = "kept" | "before_window" | "left_out";

interface JudgedLine extends ScoringTransaction {
  readonly worth: bigint;
  /** Its status says so. */
  readonly isReturned: boolean;
  readonly isReturn: boolean;
  readonly standing: Standing;
}

const NONE: ReadonlySet<JudgedLine> = new Set();
const magnitudeOf = (worth: bigint): bigint => (worth < 0n ? -worth : worth);
const canMatch = ({ worth, standing }: JudgedLine): boolean => standing !== "left_out" && worth !== 0n;

/** Which lines count; looks at each line once, in order, for it remembers what it has seen. */
function keeping(
  policy: TransactionPolicy,
  { snapshotDate, windowStart }: TransactionWindow,
): (line: ScoringTransaction, isDropped: boolean) => Standing {
  const nonProduct = policy.nonProducts.drop ? new RegExp(policy.nonProducts.pattern, "u") : undefined;
  const { earliest, latest } = policy.validDates;
  const seen = new Set<string>();
  return (line, isDropped) => {
    if (line.product !== undefined) {
      const { date, order, product, status, currency } = line;
      const identity = JSON.stringify([date, String(line.amountUnits), order, product, status, currency]);
      if (policy.duplicates === "drop" && order !== undefined && seen.has(identity)) return "left_out";
      seen.add(identity);
      if (nonProduct?.test(line.product) === true) return "left_out";
    }
    if (isDropped || line.date < earliest || (latest !== "auto" && line.date > latest)) return "left_out";
    if (line.date < windowStart) return "before_window";
    return line.date < snapshotDate ? "kept" : "left_out";
  };
}
