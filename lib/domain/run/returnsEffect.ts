import type { ReturnsEffect, Summary } from "./summary.ts";

/** What came back by all lines of the history, by the ledger. */
export interface ReturnedTotals {
  readonly lines: number;
  readonly amount: number;
  /** Of purchases, where the policy matches returns with them. */
  readonly matchedAmount: number;
}

const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const change = new Intl.NumberFormat("en-US", {
  style: "percent",
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});
/** A segment is named where returns change it by this much and by more than any other. */
const NAMED_FROM = 0.1;
/** Percentages with one decimal show less as equal. */
const LEAST_AHEAD = 0.001;

/** What returns do to the numbers, and what another policy would change; null where nothing came back. */
export function returnsEffect(
  policy: string,
  totals: ReturnedTotals,
  segments: Summary["segments"],
): ReturnsEffect | null {
  if (totals.lines === 0) return null;
  const sum = (of: (segment: Summary["segments"][number]) => number | undefined): number =>
    Math.round(segments.reduce((total, segment) => total + (of(segment) ?? 0), 0) * 10_000) / 10_000;
  const effect = {
    ...totals,
    grossRevenue: sum(({ grossRevenue }) => grossRevenue),
    netRevenue: sum(({ netRevenue }) => netRevenue),
    emptyCustomers: sum(({ emptyCustomers }) => emptyCustomers),
  };
  return { ...effect, note: noteOf(policy, effect, segments) };
}

type Effect = Omit<ReturnsEffect, "note">;

function noteOf(policy: string, effect: Effect, segments: Summary["segments"]): string {
  const { amount, matchedAmount, grossRevenue } = effect;
  const lines = `${whole.format(effect.lines)} ${effect.lines === 1 ? "line" : "lines"}`;
  const returned = `Returns of ${money.format(amount)} (${lines})`;
  if (policy === "net") return `${returned} are taken off; without them the revenue is ${money.format(grossRevenue)}.`;
  if (policy === "count")
    return `${returned} count as orders of negative money; without them the revenue is ${money.format(grossRevenue)}.`;
  if (policy === "match") {
    const left = `What belongs to no purchase here is left out; with it ${instead(effect, segments)}`;
    return `${returned} took back purchases of ${money.format(matchedAmount)}, which do not count. ${amount - matchedAmount < 0.005 ? "" : left}`.trim();
  }
  return `${returned} are not in these numbers. With them ${instead(effect, segments)}`.trim();
}

function instead({ netRevenue, emptyCustomers }: Effect, segments: Summary["segments"]): string {
  const revenue = segments.reduce((total, segment) => total + segment.revenue, 0);
  const parts = [
    `the revenue of these customers is ${money.format(netRevenue)} instead of ${money.format(revenue)}${share(revenue, netRevenue)}`,
    ...(emptyCustomers === 0
      ? []
      : [`${whole.format(emptyCustomers)} of them ${emptyCustomers === 1 ? "has" : "have"} nothing left`]),
    ...mostChanged(segments),
  ];
  return `${parts.join(", ")}.`;
}

const share = (before: number, after: number): string =>
  before > 0 ? ` (${change.format((after - before) / before)})` : "";

function mostChanged(segments: Summary["segments"]): string[] {
  const changes = segments
    .map(({ name, revenue, netRevenue = revenue }) => ({
      name,
      revenue,
      netRevenue,
      by: revenue > 0 ? (revenue - netRevenue) / revenue : 0,
    }))
    .sort((a, b) => b.by - a.by);
  const [most, next] = changes;
  if (most === undefined || next === undefined || most.by < NAMED_FROM) return [];
  if (most.by - next.by < LEAST_AHEAD) return [];
  return [
    `${most.name} changes most: ${money.format(most.netRevenue)} instead of ${money.format(most.revenue)}${share(most.revenue, most.netRevenue)}`,
  ];
}
