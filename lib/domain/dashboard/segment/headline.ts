import type { Summary } from "../../run/summary.ts";
import { type Format, plural } from "../format.ts";
import { changedSettings, isUnderOtherSettings } from "../salesSentences.ts";
import type { EarlierRun, MonthSales } from "../types.ts";
import { frequencyUnit, most } from "../words.ts";
import { movesOf } from "./movementTitles.ts";

/** Sentences for the top of the page while one segment is shown: changed settings first, then three of the segment. */
export function segmentHeadline(
  summary: Summary,
  earlier: EarlierRun | null,
  months: readonly MonthSales[],
  format: Format,
  segment: string,
): string[] {
  const { segments, totals, movement, policy } = summary;
  const own = segments.find(({ name }) => name === segment);
  if (own === undefined) return [];
  const share = totals.revenue > 0 ? `, ${format.share(own.revenueShare)} of all revenue` : "";
  const verb = own.customers === 1 ? "is" : "are";
  const { medianRecencyDays, medianFrequency, medianMonetary } = own;
  return [
    ...(earlier === null ? [] : changedSettings(summary, format)),
    `${plural(format, own.customers, "customer")} (${format.share(own.customerShare)}) ${verb} in ${segment} and spent ${format.money(own.revenue)}${share}.`,
    `In the middle they bought ${format.decimal(medianRecencyDays, 1)} ${medianRecencyDays === 1 ? "day" : "days"} ago, with ${format.decimal(medianFrequency, 1)} ${frequencyUnit(policy, medianFrequency)} and ${format.money(medianMonetary)} spent.`,
    movement != null && earlier !== null
      ? sentenceOfMoves(movement, earlier, format, { segment, isOtherwise: isUnderOtherSettings(summary) })
      : sentenceOfBestMonth(months, format),
  ];
}

function sentenceOfMoves(
  { cells }: NonNullable<Summary["movement"]>,
  { snapshotDate }: EarlierRun,
  format: Format,
  { segment, isOtherwise }: { readonly segment: string; readonly isOtherwise: boolean },
): string {
  const { stayed, left, came } = movesOf(cells, segment);
  if (isOtherwise)
    return `Of ${plural(format, stayed + left, "customer")} in it under the settings of that run, ${format.count(stayed)} are in it now, and ${format.count(came)} others.`;
  return `Since the run as of ${format.date(snapshotDate)}, ${format.count(came)} came in, ${format.count(left)} left and ${format.count(stayed)} stayed.`;
}

function sentenceOfBestMonth(months: readonly MonthSales[], format: Format): string {
  const best = most(months, ({ revenue }) => revenue);
  return best === undefined
    ? "They have no sales by month."
    : `Their best month was ${format.month(best.month)} with ${format.money(best.revenue)} from ${plural(format, best.customers, "customer")}.`;
}
