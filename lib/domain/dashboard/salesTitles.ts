import { addMonths } from "../dates.ts";
import { type Format, plural } from "./format.ts";
import type {
  CohortSales,
  Concentration,
  CountrySales,
  HourSales,
  LabelledSales,
  MonthSales,
  PeriodSales,
  ProductSales,
} from "./types.ts";
import { about, most, total } from "./words.ts";

/** Titles about sales. Where a segment is given, the numbers are its own. */

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** Monday is 1. */
export const weekdayName = (weekday: number): string => WEEKDAYS[weekday - 1] ?? String(weekday);

export function trendTitle(
  periods: readonly PeriodSales[],
  unit: string,
  format: Format,
  segment: string | null,
): string {
  const best = most(periods, ({ revenue }) => revenue);
  if (best === undefined) return about(segment, "No sales");
  if (periods.length === 1) return about(segment, `All ${format.money(best.revenue)} came in one ${unit}`);
  const when = unit === "month" ? format.month(best.start) : format.date(best.start);
  return about(
    segment,
    `The best ${unit} ${unit === "week" ? "began on " : "was "}${when}: ${format.money(best.revenue)}`,
  );
}

export function returningTitle(months: readonly MonthSales[], format: Format, segment: string | null): string {
  const later = months.slice(1);
  const customers = total(later, (month) => month.customers);
  if (months.length === 0) return about(segment, "No sales");
  if (customers === 0) return about(segment, "One month of sales: who buys again shows from the second month on");
  const returning = total(later, (month) => month.customers - month.newCustomers);
  return about(
    segment,
    `After the first month, ${format.share(returning / customers)} of the months' customers had bought before`,
  );
}

export function hoursTitle(hours: readonly HourSales[], format: Format, segment: string | null): string {
  const best = most(hours, ({ orders }) => orders);
  if (best === undefined) return "The file has no times of day";
  const all = total(hours, ({ orders }) => orders);
  if (hours.every(({ hour }) => hour === 0))
    return about(
      segment,
      `${weekdayName(best.weekday)} is the busiest day: ${format.share(best.orders / all)} of orders (no times of day in the file)`,
    );
  return about(
    segment,
    `The busiest hour is ${weekdayName(best.weekday)} from ${format.clock(best.hour)}, with ${plural(format, best.orders, "order")}`,
  );
}

/**
 * How many new customers buy again in the month after. Who is in the file's first month may have bought before it, and
 * a month that is not over has not seen all who come back: neither counts.
 * @param span.firstMonth first day of the first month that counts
 */
export function cohortsTitle(
  cohorts: readonly CohortSales[],
  { firstMonth, snapshotDate }: { readonly firstMonth: string | null; readonly snapshotDate: string },
  format: Format,
  segment: string | null,
): string {
  const whole = cohorts.filter(({ cohort }) => cohort !== firstMonth && addMonths(cohort, 2) <= snapshotDate);
  const customers = (after: number): number =>
    total(
      whole.filter(({ monthsSinceFirst }) => monthsSinceFirst === after),
      (cohort) => cohort.customers,
    );
  if (customers(0) === 0)
    return "Too little history to say how many new customers buy again: that takes three whole months";
  const share = format.share(customers(1) / customers(0));
  return about(segment, `${share} of the new customers bought again in the month after their first`);
}

export function lorenzTitle({ curve }: Concentration, format: Format): string {
  const all = curve.at(-1)?.revenue ?? 0;
  const top = curve.find(({ topPercent }) => topPercent === 20);
  if (top === undefined || all <= 0) return "There is no revenue to share";
  return `The top ${format.share(0.2)} of customers bring ${format.share(top.revenue / all)} of revenue`;
}

export function topTitle({ curve, customersFor80Percent }: Concentration, format: Format): string {
  const customers = curve.at(-1)?.customers ?? 0;
  if (customersFor80Percent === null || customers === 0) return "There is no revenue to share";
  const verb = customersFor80Percent === 1 ? "makes" : "make";
  return `${plural(format, customersFor80Percent, "customer")} (${format.share(customersFor80Percent / customers)}) ${verb} ${format.share(0.8)} of revenue`;
}

/** @param revenue of everybody, or of the segment: long lists are cut */
export function countriesTitle(
  countries: readonly CountrySales[],
  revenue: number,
  format: Format,
  segment: string | null,
): string {
  const named = countries.filter(({ country }) => country !== null);
  const best = most(named, (item) => item.revenue);
  if (best === undefined) return "The file names no countries";
  if (countries.length === 1) return about(segment, `All revenue comes from ${best.country}`);
  if (revenue <= 0) return about(segment, `${best.country} brings the most revenue`);
  const all = Math.max(
    revenue,
    total(countries, (item) => item.revenue),
  );
  return about(segment, `${best.country} brings ${format.share(best.revenue / all)} of revenue`);
}

export function productsTitle(products: readonly ProductSales[], format: Format, segment: string | null): string {
  const best = most(products, ({ revenue }) => revenue);
  if (best === undefined) return about(segment, "No products are named");
  const name = best.description ?? best.productId;
  if (isCancelledGiant(best))
    return about(segment, `${name} leads, but ${cancelledShare(best, format)} of its revenue was cancelled again`);
  return about(segment, `${name} brings the most: ${format.money(best.revenue)}`);
}

/** Share of a product's revenue from which on its cancellation makes the rest doubtful. */
const MOSTLY = 0.5;

/** Most of what the product brought was cancelled again by those who bought it. */
export const isCancelledGiant = ({ revenue, cancelledRevenue }: ProductSales): boolean =>
  revenue > 0 && cancelledRevenue >= MOSTLY * revenue;

export const cancelledShare = ({ revenue, cancelledRevenue }: ProductSales, format: Format): string =>
  format.share(Math.min(1, cancelledRevenue / revenue));

/** @param revenue of everybody: long lists are cut */
export function labelledTitle(items: readonly LabelledSales[], what: string, revenue: number, format: Format): string {
  const best = most(items, (item) => item.revenue);
  if (best === undefined || revenue <= 0) return `No ${what} brings revenue`;
  const share = format.share(
    best.revenue /
      Math.max(
        revenue,
        total(items, (item) => item.revenue),
      ),
  );
  return best.label === null
    ? `${share} of revenue has no ${what}`
    : `${best.label} is the largest ${what}: ${share} of revenue`;
}

/** @param gaps days with a purchase by whole weeks since the customer's one before */
export function gapsTitle(
  gaps: readonly { readonly weeks_since_previous: number; readonly purchase_days: number }[],
  format: Format,
): string {
  const all = total(gaps, (gap) => gap.purchase_days);
  if (all === 0) return "Nobody has bought a second time yet";
  let seen = 0;
  const middle = gaps.find((gap) => {
    seen += gap.purchase_days;
    return 2 * seen >= all;
  });
  const weeks = (middle?.weeks_since_previous ?? 0) + 1;
  return weeks > LAST_WEEK
    ? `Half of the repeat purchases come ${plural(format, LAST_WEEK, "week")} or more after the one before`
    : `Half of the repeat purchases come within ${plural(format, weeks, "week")} of the one before`;
}
/** The week that stands for all later ones. */
export const LAST_WEEK = 52;
