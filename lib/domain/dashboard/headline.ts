import type { Summary } from "../run/summary.ts";
import { type Format, plural } from "./format.ts";
import { changedSettings, changeOf, isUnderOtherSettings, salesSentences } from "./salesSentences.ts";
import type { EarlierRun, MonthSales } from "./types.ts";
import { boughtAgain, clustersInWords } from "./words.ts";

/**
 * Sentences for the top of the page: what sold in periods that may be compared, and what changed since the run before
 * or, without one, how things stand. Whole histories are not compared: they only grow.
 */
export function headlineOf(
  summary: Summary,
  earlier: EarlierRun | null,
  months: readonly MonthSales[],
  format: Format,
): string[] {
  return earlier === null ? standing(summary, months, format) : changes(summary, earlier, format);
}

function changes(summary: Summary, earlier: EarlierRun, format: Format): string[] {
  const { totals, segments, movement } = summary;
  const changed = changedSettings(summary, format);
  const sold = salesSentences(summary.sales, format);
  // Under other rules neither sizes nor moves tell what customers did.
  if (isUnderOtherSettings(summary)) return [...changed, ...sold, otherwise(summary, format)];
  const before = new Map(earlier.segments.map((segment) => [segment.name, segment.customers]));
  const moves = segments
    .map(({ name, customers }) => ({ name, customers, change: customers - (before.get(name) ?? 0) }))
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || (a.name < b.name ? -1 : 1));
  return [
    ...changed,
    ...sold,
    sentenceOfMoves(moves, totals.customers - earlier.totals.customers, earlier, format),
    movement === null || movement === undefined
      ? sentenceOfOrderValue(totals, earlier.totals, format)
      : sentenceOfMovement(movement, format),
  ];
}

/** Who stands elsewhere after settings changed: the rules' doing as much as theirs. */
function otherwise({ movement, totals }: Summary, format: Format): string {
  const cells = (movement?.cells ?? []).filter(
    ({ segmentFrom, segmentTo }) => segmentFrom !== null && segmentTo !== null,
  );
  const other = cells.filter(({ segmentFrom, segmentTo }) => segmentFrom !== segmentTo);
  const sum = (list: typeof cells): number => list.reduce((total, { customers }) => total + customers, 0);
  return cells.length === 0
    ? `Under these settings there are ${plural(format, totals.customers, "customer")}.`
    : `Under these settings ${format.count(sum(other))} of ${plural(format, sum(cells), "customer")} stand in another segment.`;
}

function sentenceOfMoves(
  moves: readonly { name: string; customers: number; change: number }[],
  added: number,
  { snapshotDate }: EarlierRun,
  format: Format,
): string {
  const since = `Since the run as of ${format.date(snapshotDate)}`;
  const customers =
    added === 0
      ? `${since} the number of customers is the same`
      : `${since} there ${Math.abs(added) === 1 ? "is" : "are"} ${plural(format, Math.abs(added), "customer")} ${added > 0 ? "more" : "fewer"}`;
  const [first, second] = moves.filter(({ change }) => change !== 0);
  if (first === undefined) return `${customers}; no segment changed its size.`;
  const text = (move: typeof first): string =>
    `${move.name} ${move.change > 0 ? "gained" : "lost"} ${format.count(Math.abs(move.change))} (now ${format.count(move.customers)})`;
  return `${customers}; the largest changes in size: ${text(first)}${second === undefined ? "" : `, ${text(second)}`}.`;
}

function sentenceOfOrderValue(now: Summary["totals"], before: Summary["totals"], format: Format): string {
  const points = (now.repeatRate - before.repeatRate) * 100;
  const repeat =
    Math.abs(points) < 0.05
      ? `The repeat rate stays at ${format.share(now.repeatRate)}`
      : `The repeat rate ${points > 0 ? "rose" : "fell"} by ${format.decimal(Math.abs(points), 1)} points to ${format.share(now.repeatRate)}`;
  const change = changeOf(before.averageOrderValue, now.averageOrderValue);
  const order = `an average order is worth ${format.money(now.averageOrderValue)}`;
  return `${repeat}; ${order}${change === undefined || change === 0 ? "" : ` (${format.change(change)})`}.`;
}

function sentenceOfMovement({ cells }: NonNullable<Summary["movement"]>, format: Format): string {
  const stayers = cells.filter((cell) => cell.segmentFrom !== null && cell.segmentTo !== null);
  const moved = stayers.filter((cell) => cell.segmentFrom !== cell.segmentTo);
  const sum = (list: typeof cells, of: (cell: (typeof cells)[number]) => number): number =>
    list.reduce((total, cell) => total + of(cell), 0);
  const all = sum(stayers, (cell) => cell.customers);
  const movers = sum(moved, (cell) => cell.customers);
  if (movers === 0) return "No customer moved to another segment.";
  const thresholds = sum(moved, (cell) => cell.thresholdOnly);
  return `${plural(format, movers, "customer")} (${format.share(movers / all)}) moved to another segment, ${format.count(thresholds)} of them only because the thresholds moved.`;
}

function standing(
  { totals, segments, choice, sales, policy }: Summary,
  months: readonly MonthSales[],
  format: Format,
): string[] {
  const [best] = [...segments].sort((a, b) => b.revenue - a.revenue);
  const sentences: string[] = [];
  if (best !== undefined && totals.revenue > 0)
    sentences.push(
      segments.length === 1
        ? `${totals.customers === 1 ? "The one customer falls" : `All ${format.count(totals.customers)} customers fall`} into one segment, ${best.name}.`
        : `${best.name} are ${format.share(best.customerShare)} of the customers and bring ${format.share(best.revenueShare)} of the revenue.`,
    );
  sentences.push(sentenceOfLapse(segments, totals, policy, format));
  const sold = salesSentences(sales, format);
  if (sold.length > 0) return [...sold, ...sentences];
  const [top] = [...months].sort((a, b) => b.revenue - a.revenue);
  sentences.push(
    top !== undefined && months.length > 1
      ? `The best month was ${format.month(top.month)} with ${format.money(top.revenue)} from ${plural(format, top.customers, "customer")}.`
      : `Customers were divided into ${clustersInWords(choice.k, format.count)}.`,
  );
  return sentences;
}

/** Customers who were worth much and have not been seen for long: the average of the segment tells. */
function sentenceOfLapse(
  segments: Summary["segments"],
  totals: Summary["totals"],
  policy: Summary["policy"],
  format: Format,
): string {
  const average = totals.revenue / Math.max(1, totals.customers);
  const recency = [...segments].map((segment) => segment.medianRecencyDays).sort((a, b) => a - b);
  const middle = recency[Math.floor(recency.length / 2)] ?? 0;
  const [lapsed] = segments
    .filter((segment) => segment.medianRecencyDays > middle && segment.averageMonetary > average / 2)
    .sort((a, b) => b.revenue - a.revenue);
  if (lapsed === undefined) return `${format.share(totals.repeatRate)} of the customers ${boughtAgain(policy)}.`;
  return `${plural(format, lapsed.customers, "customer")} in ${lapsed.name} spent ${format.money(lapsed.revenue)} but ${lapsed.customers === 1 ? "has" : "have"} not bought for ${format.decimal(lapsed.medianRecencyDays, 0)} days (median): win them back first.`;
}
