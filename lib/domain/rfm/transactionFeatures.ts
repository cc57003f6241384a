import type { FeatureName } from "../clustering/space/catalogue.ts";
import { type FeatureIdentity, featureOfKey } from "../clustering/space/features.ts";
import { addDays, daysBetween } from "../dates.ts";
import { unitsToNumber } from "../money.ts";
import { roundMeasure } from "./featureColumns.ts";

/** A line of a customer that counts, after the policies. */
export interface CountedLine {
  /** ISO date. */
  readonly date: string;
  /** What it adds to the customer's money, in ten-thousandths. */
  readonly units: bigint;
  /** The order that it belongs to; undefined where it is no purchase. */
  readonly order: string | undefined;
}

export type FrequencyBasis = "auto" | "orders" | "active_days" | "lines";

/** The counts of lines. */
export function countLines(lines: readonly CountedLine[], basis: FrequencyBasis) {
  const purchases = lines.filter(({ order }) => order !== undefined);
  const orders = new Set(purchases.map(({ order }) => order)).size;
  const activeDays = new Set(purchases.map(({ date }) => date)).size;
  const frequency = { auto: orders, orders, active_days: activeDays, lines: purchases.length }[basis];
  const monetary = unitsToNumber(lines.reduce((sum, { units }) => sum + units, 0n));
  return { orders, activeDays, lines: purchases.length, frequency, monetary };
}

/** What a feature is made from: a customer's lines with at least one purchase, and the day to which recency counts. */
interface Purchases {
  readonly lines: readonly CountedLine[];
  readonly basis: FrequencyBasis;
  /** ISO date. */
  readonly snapshotDate: string;
}

/**
 * Those of the features that a customer's lines tell, as `build_features` and the partial `measure_values` have them.
 * What needs pieces, products or returns is left out: lines of requests do not tell those.
 */
export function featuresOfLines(keys: readonly string[], purchases: Purchases): Record<string, number> {
  const entries = keys.flatMap((key) => {
    const feature = featureOfKey(key);
    const value = feature === undefined ? undefined : FROM_LINES[feature.name]?.(purchases, feature);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

type FromLines = (purchases: Purchases, feature: FeatureIdentity) => number;

const inWindow = ({ lines, basis, snapshotDate }: Purchases, { withinDays }: FeatureIdentity) => {
  const from = withinDays === undefined ? "" : addDays(snapshotDate, -withinDays);
  return countLines(
    lines.filter(({ date }) => date >= from),
    basis,
  );
};

const FROM_LINES: Readonly<Partial<Record<FeatureName, FromLines>>> = {
  frequency: (purchases, feature) => inWindow(purchases, feature).frequency,
  monetary: (purchases, feature) => inWindow(purchases, feature).monetary,
  active_days: (purchases, feature) => inWindow(purchases, feature).activeDays,
  lines: (purchases, feature) => inWindow(purchases, feature).lines,
  average_order_value: (purchases, feature) => {
    const { monetary, orders } = inWindow(purchases, feature);
    const value = orders === 0 ? 0 : monetary / orders;
    return feature.withinDays === undefined ? value : roundMeasure(value);
  },
  recency_mean: (purchases, { last, withinDays }) => {
    const { snapshotDate } = purchases;
    const from = withinDays === undefined ? "" : addDays(snapshotDate, -withinDays);
    const days = purchaseDays(purchases).filter((date) => date >= from);
    const latest = days.reverse().slice(0, last);
    const sum = latest.reduce((total, date) => total + daysBetween(date, snapshotDate), 0);
    return roundMeasure(latest.length === 0 ? (withinDays ?? Number.NaN) : sum / latest.length);
  },
  tenure_days: (purchases) => daysBetween(purchaseDays(purchases)[0] as string, purchases.snapshotDate),
  lifetime_days: (purchases) => {
    const days = purchaseDays(purchases);
    return daysBetween(days[0] as string, days.at(-1) as string);
  },
  lines_per_order: (purchases) => {
    const { lines, orders } = countLines(purchases.lines, "orders");
    return lines / orders;
  },
};

/** Ascending. */
function purchaseDays({ lines }: Purchases): string[] {
  return [...new Set(lines.flatMap(({ date, order }) => (order === undefined ? [] : [date])))].sort();
}
