import type { Summary } from "../run/summary.ts";
import { type Format, plural } from "./format.ts";

/** Titles of movement, drift and data quality. */

type Movement = NonNullable<Summary["movement"]>;
type Cell = Movement["cells"][number];

const total = (cells: readonly Cell[], of: (cell: Cell) => number): number =>
  cells.reduce((sum, cell) => sum + of(cell), 0);

export const isMove = ({ segmentFrom, segmentTo }: Cell): boolean =>
  segmentFrom !== null && segmentTo !== null && segmentFrom !== segmentTo;

export function movementTitle({ cells }: Movement, format: Format): string {
  const known = cells.filter(({ segmentFrom, segmentTo }) => segmentFrom !== null && segmentTo !== null);
  const all = total(known, ({ customers }) => customers);
  const moved = total(known.filter(isMove), ({ customers }) => customers);
  const arrived = total(
    cells.filter(({ segmentFrom }) => segmentFrom === null),
    ({ customers }) => customers,
  );
  if (all === 0) return `All ${plural(format, arrived, "customer")} are new`;
  return `${format.share((all - moved) / all)} of customers stayed in their segment, ${format.count(moved)} moved, ${format.count(arrived)} came new`;
}

export function reasonTitle({ cells }: Movement, format: Format): string {
  const moves = cells.filter(isMove);
  const moved = total(moves, ({ customers }) => customers);
  const thresholds = total(moves, ({ thresholdOnly }) => thresholdOnly);
  if (moved === 0) return "Nobody moved";
  return `${format.share((moved - thresholds) / moved)} of the moves are customers who changed, ${format.share(thresholds / moved)} thresholds that moved`;
}

export function valueTitle({ cells }: Movement, format: Format): string {
  const change = total(cells, ({ monetaryAfter, monetaryBefore }) => monetaryAfter - monetaryBefore);
  if (Math.round(change) === 0) return "The customers' value has not changed";
  return `The customers' value ${change > 0 ? "rose" : "fell"} by ${format.money(Math.abs(change))}`;
}

export function driftTitle({ features, thresholds }: NonNullable<Summary["drift"]>, format: Format): string {
  const worst = [...features].sort((a, b) => b.psi - a.psi)[0];
  if (worst === undefined) return "No feature to compare";
  const name = featureName(worst.feature);
  if (worst.level === "ok")
    return `R, F and M are as in training: the largest index is ${format.decimal(worst.psi, 3)}`;
  return `${name} has drifted: index ${format.decimal(worst.psi, 3)}, over ${format.decimal(worst.level === "alarm" ? thresholds.alarm : thresholds.warn, 2)}`;
}

export const featureName = (feature: string): string =>
  ({ recency_days: "Recency", frequency: "Frequency", monetary: "Monetary value" })[feature] ?? feature;

export function ledgerTitle({ history }: Summary, format: Format): string {
  const dropped = history.ledger.filter(({ reason }) => reason !== "kept");
  if (history.rowsIn === 0) return "No rows";
  const kept = `${format.share(history.rowsKept / history.rowsIn)} of ${plural(format, history.rowsIn, "row")} count`;
  const worst = [...dropped].sort((a, b) => b.rows - a.rows)[0];
  return worst === undefined ? kept : `${kept}; most of the rest: ${reasonText(worst.reason)}`;
}

/** A reason of the ledger as people say it. */
export function reasonText(reason: string): string {
  const known: Readonly<Record<string, string>> = {
    missing_customer: "no customer",
    cancellation: "cancellations",
    duplicate: "exact duplicates",
    non_positive_price: "price of zero or less",
    non_positive_quantity: "quantity of zero or less",
    non_positive_amount: "amount of zero or less",
    returned: "purchases that came back",
    matched_return: "returns that took a purchase back",
    non_product: "postage, fees and the like",
    before_window: "before the window",
    on_or_after_snapshot: "on or after the snapshot date",
    date_out_of_range: "impossible dates",
    kept: "kept",
  };
  return known[reason] ?? reason.replaceAll("_", " ");
}
