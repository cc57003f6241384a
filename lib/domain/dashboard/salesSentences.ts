import type { SalesPeriod, SalesPeriods } from "../run/salesPeriods.ts";
import type { Summary } from "../run/summary.ts";
import { type Format, plural } from "./format.ts";

/** Relative change; undefined where there is nothing to compare with. */
export function changeOf(before: number, after: number): number | undefined {
  return before > 0 ? (after - before) / before : undefined;
}

/** What sold in the latest month that is over and in the latest 28 days, beside what sold in equal periods before. */
export function salesSentences(sales: SalesPeriods | undefined, format: Format): string[] {
  if (sales === undefined) return [];
  return [
    ...(sales.month === null ? [] : [monthSentence(sales.month, sales.openMonth, format)]),
    ...(sales.days28 === null ? [] : [daysSentence(sales.days28, format)]),
  ];
}

function monthSentence(
  { latest, before, yearBefore }: NonNullable<SalesPeriods["month"]>,
  open: SalesPeriod | null,
  format: Format,
): string {
  const earlier = [before, yearBefore].flatMap((period) => (period === null ? [] : [on(latest, period, format)]));
  const name = format.month(latest.from);
  const compared = earlier.length === 0 ? `no whole month before it to compare with` : earlier.join(", ");
  const still = open === null ? "" : `; ${format.month(open.from)} goes to ${format.date(open.to)} only`;
  return `${name}, the latest whole month, brought ${format.money(latest.revenue)}: ${compared}${still}.`;
}

function on(latest: SalesPeriod, before: SalesPeriod, format: Format): string {
  const change = changeOf(before.revenue, latest.revenue);
  const name = format.month(before.from);
  return change === undefined
    ? `${name} brought ${format.money(before.revenue)}`
    : `${format.change(change)} on ${name}`;
}

function daysSentence({ latest, before }: NonNullable<SalesPeriods["days28"]>, format: Format): string {
  const change = changeOf(before.revenue, latest.revenue);
  const compared =
    change === undefined
      ? `${format.money(before.revenue)} in the ${format.count(28)} days before`
      : `${format.change(change)} on the ${format.count(28)} days before`;
  return `The ${format.count(28)} days to ${format.date(latest.to)} brought ${format.money(latest.revenue)} from ${plural(format, latest.orders, "order")}: ${compared}.`;
}

type Compared = Pick<Summary, "comparison">;

/** Whether a setting decides segments and money, not only what is expected of the customers. */
export const decidesSegments = ({ setting }: { readonly setting: string }): boolean => !setting.startsWith("forecast.");

/** Whether the run before had other settings that decide segments: then a difference is not what customers did. */
export const isUnderOtherSettings = ({ comparison }: Compared): boolean =>
  (comparison?.changed ?? []).some(decidesSegments);

/** That other rules were compared, where settings changed between two runs; nothing where none did. */
export function changedSettings(summary: Compared, format: Format): string[] {
  const { comparison } = summary;
  if (comparison === null || comparison === undefined || comparison.changed.length === 0) return [];
  const { changed, snapshotDate } = comparison;
  const shown = changed
    .slice(0, MOST_SETTINGS)
    .map(({ setting, before, now }) => `${setting} from ${before} to ${now}`);
  const more = changed.length > MOST_SETTINGS ? ` and ${format.count(changed.length - MOST_SETTINGS)} more` : "";
  const meaning = isUnderOtherSettings(summary)
    ? "Differences from it come from that, not from customers alone"
    : "They change what is expected of the customers, and nothing else";
  return [`Settings changed since the run as of ${format.date(snapshotDate)}: ${shown.join(", ")}${more}. ${meaning}.`];
}
const MOST_SETTINGS = 4;
