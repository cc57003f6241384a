import type { Config } from "../../domain/config/config.ts";
import { scoreBinsOf } from "../../domain/config/scoreSettings.ts";
import { addDays, isoDate } from "../../domain/dates.ts";
import { STATUS_GROUPS } from "../../domain/quality/statuses.ts";

/** SQL timestamp literal text in UTC, to the millisecond. */
export function sqlTimestamp(date: Date): string {
  return date.toISOString().replace("T", " ").replace("Z", "");
}

/** The policies of a configuration as parameters of the statements. */
export function policyParameters(config: Config, now: Date): Record<string, string> {
  const tomorrow = addDays(isoDate(now), 1);
  return {
    returns: config.returns,
    duplicates: config.duplicates,
    overlap: config.overlap,
    earliest_date: config.validDates.earliest,
    latest_date: config.validDates.latest === "auto" ? tomorrow : config.validDates.latest,
    drop_non_products: String(config.nonProducts.drop),
    non_product_pattern: config.nonProducts.pattern,
    ...statusParameters(config.statuses),
  };
}

/** How scores are cut, as parameters of the statements. */
export function scoreParameters({ scores }: Pick<Config, "scores">): Record<string, string> {
  const bins = scoreBinsOf(scores);
  return {
    recency_bins: String(bins.recencyDays),
    frequency_bins: String(bins.frequency),
    monetary_bins: String(bins.monetary),
  };
}

/** Matches no status: they are trimmed, and NULL when blank. */
const NEVER = "^$";

/** What the words of a status column do, as parameters of the statements. */
export function statusParameters({ keep, returns, drop }: Config["statuses"]): Record<string, string> {
  const groups = STATUS_GROUPS.map((group) => [`status_${group}_pattern`, drop[group] ?? NEVER]);
  return {
    status_keep_pattern: keep ?? NEVER,
    status_return_pattern: returns ?? NEVER,
    ...Object.fromEntries(groups),
  };
}

/**
 * First day of the window: `months` before the snapshot date, the day clipped to the month; the year 1 without a
 * window.
 */
export function windowStart(snapshotDate: string, months: number | null): string {
  if (months === null) return "0001-01-01";
  const [year, month, day] = snapshotDate.split("-").map(Number) as [number, number, number];
  const monthIndex = year * 12 + (month - 1) - months;
  const lastDay = new Date(Date.UTC(Math.floor(monthIndex / 12), (monthIndex % 12) + 1, 0)).getUTCDate();
  return isoDate(new Date(Date.UTC(Math.floor(monthIndex / 12), monthIndex % 12, Math.min(day, lastDay))));
}
