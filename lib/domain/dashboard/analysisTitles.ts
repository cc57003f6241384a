import { featureTitle } from "../clustering/space/features.ts";
import type { Summary } from "../run/summary.ts";
import { type Format, plural } from "./format.ts";
import { most, total } from "./words.ts";

/** Titles of movement, drift and data quality. */

type Movement = NonNullable<Summary["movement"]>;
type Cell = Movement["cells"][number];

export const isMove = ({ segmentFrom, segmentTo }: Cell): boolean =>
  segmentFrom !== null && segmentTo !== null && segmentFrom !== segmentTo;

/** Of all customers, or of those who were or are in a segment. */
export function movementTitle({ cells }: Movement, format: Format, segment: string | null): string {
  const known = cells.filter(({ segmentFrom, segmentTo }) => segmentFrom !== null && segmentTo !== null);
  if (segment !== null) return segmentMovementTitle(cells, format, segment);
  const all = total(known, ({ customers }) => customers);
  const moved = total(known.filter(isMove), ({ customers }) => customers);
  const arrived = total(
    cells.filter(({ segmentFrom }) => segmentFrom === null),
    ({ customers }) => customers,
  );
  if (all === 0) return "Every customer is new";
  return `${format.share((all - moved) / all)} of customers stayed in their segment, ${format.count(moved)} moved, ${format.count(arrived)} came new`;
}

function segmentMovementTitle(cells: readonly Cell[], format: Format, segment: string): string {
  const { stayed, left, came } = movesOf(cells, segment);
  const all = stayed + left;
  const before =
    all === 0 ? "nobody was in it before" : `${format.share(stayed / all)} stayed, ${format.count(left)} left it`;
  return `${segment}: ${before}, ${format.count(came)} came in`;
}

/** Customers of a segment who stayed, left it or came into it, from other segments or from outside. */
export function movesOf(cells: readonly Cell[], segment: string): { stayed: number; left: number; came: number } {
  const sum = (of: (cell: Cell) => boolean): number => total(cells.filter(of), ({ customers }) => customers);
  return {
    stayed: sum(({ segmentFrom, segmentTo }) => segmentFrom === segment && segmentTo === segment),
    left: sum(({ segmentFrom, segmentTo }) => segmentFrom === segment && segmentTo !== segment),
    came: sum(({ segmentFrom, segmentTo }) => segmentFrom !== segment && segmentTo === segment),
  };
}

/** Cells that a segment has a part in; all without one. */
export const cellsOf = (cells: readonly Cell[], segment: string | null): readonly Cell[] =>
  segment === null ? cells : cells.filter((cell) => cell.segmentFrom === segment || cell.segmentTo === segment);

export function reasonTitle({ cells }: Movement, format: Format, segment: string | null): string {
  const moves = cellsOf(cells, segment).filter(isMove);
  const moved = total(moves, ({ customers }) => customers);
  const thresholds = total(moves, ({ thresholdOnly }) => thresholdOnly);
  const where = segment === null ? "" : `${segment}: `;
  if (moved === 0) return segment === null ? "Nobody moved" : `${where}nobody moved to or from another segment`;
  return `${where}${format.share((moved - thresholds) / moved)} of the moves are customers who changed, ${format.share(thresholds / moved)} thresholds that moved`;
}

export function valueTitle({ cells }: Movement, format: Format, segment: string | null): string {
  const shown = segment === null ? cells : cells.filter(({ segmentTo }) => segmentTo === segment);
  const change = total(shown, ({ monetaryAfter, monetaryBefore }) => monetaryAfter - monetaryBefore);
  const whose = segment === null ? "The customers' value" : `The value of those now in ${segment}`;
  if (Math.round(change) === 0) return `${whose} has not changed`;
  return `${whose} ${change > 0 ? "rose" : "fell"} by ${format.money(Math.abs(change))}`;
}

/** The largest move names the matrix. */
export function matrixTitle({ cells }: Movement, format: Format, segment: string | null): string {
  const largest = most(cellsOf(cells, segment).filter(isMove), ({ customers }) => customers);
  if (largest === undefined)
    return segment === null
      ? "Every customer stayed in the same segment"
      : `${segment}: nobody moved to or from another segment`;
  return `The largest move: ${format.count(largest.customers)} from ${largest.segmentFrom} to ${largest.segmentTo}`;
}

export function driftTitle({ features }: NonNullable<Summary["drift"]>): string {
  const worst = most(features, ({ psi }) => psi);
  if (worst === undefined) return "No feature to compare";
  if (worst.level === "ok") return "Customers are spread as they were when the model was made";
  const name = featureName(worst.feature);
  return worst.level === "alarm"
    ? `${name} is spread otherwise than when the model was made`
    : `${name} has begun to spread otherwise than when the model was made`;
}

/** @param runs ids of runs with their snapshot dates, the first one first */
export function sharesTitle(
  runs: readonly (readonly [runId: string, date: string])[],
  segments: readonly string[],
  shareOf: (runId: string, segment: string) => number,
  format: Format,
  segment: string | null,
): string {
  const [first, last] = [runs[0]?.[0], runs.at(-1)?.[0]];
  if (first === undefined || last === undefined || first === last)
    return "One run so far: shares show from the second run on";
  const count = format.count(runs.length);
  if (segment !== null)
    return `${segment}: from ${format.share(shareOf(first, segment))} of customers to ${format.share(shareOf(last, segment))} over ${count} runs`;
  const points = (name: string): number => (shareOf(last, name) - shareOf(first, name)) * 100;
  const largest = most(segments, (name) => Math.abs(points(name)));
  if (largest === undefined || Math.abs(points(largest)) < 0.05) return "The shares of the segments have not changed";
  return `${largest} ${points(largest) > 0 ? "gained" : "lost"} most over ${count} runs: ${format.decimal(Math.abs(points(largest)), 1)} percentage points`;
}

type Backtest = NonNullable<Summary["backtest"]>;

export function backtestTitle(
  groups: readonly Backtest["groups"][number][],
  holdoutDays: number,
  format: Format,
  segment: string | null,
): string {
  const own = groups.find(({ kind, name }) => kind === "segment" && name === segment);
  const days = plural(format, holdoutDays, "day");
  if (own !== undefined) return `${own.name} spent ${format.money(own.averageSpend)} each in the ${days} after`;
  const best = most(groups, ({ averageSpend }) => averageSpend);
  if (best === undefined) return "No group to look at";
  return `${best.name} spent most in the ${days} after: ${format.money(best.averageSpend)} each`;
}

export const featureName = featureTitle;

export function ledgerTitle({ history }: Summary, format: Format): string {
  const dropped = history.ledger.filter(({ reason }) => reason !== "kept");
  if (history.rowsIn === 0) return "No rows";
  const kept = `${format.share(history.rowsKept / history.rowsIn)} of ${plural(format, history.rowsIn, "row")} count`;
  const worst = most(dropped, ({ rows }) => rows);
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
