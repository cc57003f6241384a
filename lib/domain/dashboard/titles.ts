import { addMonths } from "../dates.ts";
import type { Summary } from "../run/summary.ts";
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

/** Titles of charts: each states what the chart shows, computed from the very numbers in it. */

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** Monday is 1. */
export const weekdayName = (weekday: number): string => WEEKDAYS[weekday - 1] ?? String(weekday);

const most = <T>(items: readonly T[], measure: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>(
    (best, item) => (best === undefined || measure(item) > measure(best) ? item : best),
    undefined,
  );

const total = <T>(items: readonly T[], measure: (item: T) => number): number =>
  items.reduce((sum, item) => sum + measure(item), 0);

export function segmentsTitle({ segments, totals }: Summary, format: Format): string {
  const [first, second] = [...segments].sort((a, b) => b.revenue - a.revenue);
  if (first === undefined) return "No customer has a segment";
  if (second === undefined) return `${first.name} is the only segment`;
  if (totals.revenue <= 0) return `${first.name} and ${second.name} bring the most revenue`;
  const share = format.share(first.revenueShare + second.revenueShare);
  const customers = format.share(first.customerShare + second.customerShare);
  return `${first.name} and ${second.name} are ${customers} of customers and ${share} of revenue`;
}

export function gridTitle(segments: Summary["segments"], format: Format): string {
  const lapsed = segments.filter((segment) => /at risk|can't lose/i.test(segment.name));
  const largest = most(segments, ({ customers }) => customers);
  if (lapsed.length > 0)
    return `${plural(
      format,
      total(lapsed, (s) => s.customers),
      "valuable customer",
    )} have gone quiet`;
  return largest === undefined
    ? "No customers"
    : `${largest.name} is the largest group, ${format.share(largest.customerShare)} of customers`;
}

export function clustersTitle(clusters: Summary["clusters"], format: Format): string {
  const best = most(clusters, ({ revenue }) => revenue);
  if (best === undefined || clusters.length === 1) return "All customers form one cluster";
  return `Cluster ${best.label}: ${format.share(best.customerShare)} of customers, ${format.share(best.revenueShare)} of revenue`;
}

export function crossTitle(
  cells: readonly { readonly segment: string; readonly label: string; readonly customers: number }[],
  format: Format,
): string {
  const largest = most(cells, ({ customers }) => customers);
  if (largest === undefined) return "Segments and clusters have no customer in common";
  const ofSegment = total(
    cells.filter(({ segment }) => segment === largest.segment),
    ({ customers }) => customers,
  );
  return `${format.share(largest.customers / ofSegment)} of ${largest.segment} are in cluster ${largest.label}`;
}

export function choiceTitle({ choice }: Summary, naturalClusters: boolean): string {
  if (choice.criteria.length < 2) return `k = ${choice.k}: nothing to choose from`;
  return naturalClusters
    ? `k = ${choice.k} is where more clusters begin to gain less`
    : `There is no natural number of clusters; k = ${choice.k} is a practical one`;
}

export function trendTitle(periods: readonly PeriodSales[], unit: string, format: Format): string {
  const best = most(periods, ({ revenue }) => revenue);
  if (best === undefined) return "No sales";
  if (periods.length === 1) return `All ${format.money(best.revenue)} came in one ${unit}`;
  const when = unit === "month" ? format.month(best.start) : format.date(best.start);
  return `The best ${unit} ${unit === "week" ? "began on " : "was "}${when}: ${format.money(best.revenue)}`;
}

export function returningTitle(months: readonly MonthSales[], format: Format): string {
  const later = months.slice(1);
  const customers = total(later, (month) => month.customers);
  if (customers === 0) return "Every customer is new in the only month";
  const returning = total(later, (month) => month.customers - month.newCustomers);
  return `After the first month, ${format.share(returning / customers)} of a month's customers had bought before`;
}

export function hoursTitle(hours: readonly HourSales[], format: Format): string {
  const best = most(hours, ({ orders }) => orders);
  if (best === undefined) return "The file has no times of day";
  const all = total(hours, ({ orders }) => orders);
  const clock = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;
  if (hours.every(({ hour }) => hour === 0)) {
    const day = most(hours, ({ orders }) => orders) as HourSales;
    return `${weekdayName(day.weekday)} is the busiest day: ${format.share(day.orders / all)} of orders (no times of day in the file)`;
  }
  return `Busiest: ${weekdayName(best.weekday)} from ${clock(best.hour)}, ${plural(format, best.orders, "order")}`;
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
): string {
  const whole = cohorts.filter(({ cohort }) => cohort !== firstMonth && addMonths(cohort, 2) <= snapshotDate);
  const customers = (after: number): number =>
    total(
      whole.filter(({ monthsSinceFirst }) => monthsSinceFirst === after),
      (cohort) => cohort.customers,
    );
  if (customers(0) === 0)
    return "Too little history to say how many new customers come back: that takes three whole months";
  return `${format.share(customers(1) / customers(0))} of new customers buy again in the month after their first`;
}

export function lorenzTitle({ curve }: Concentration, format: Format): string {
  const all = curve.at(-1)?.revenue ?? 0;
  const top = curve.find(({ topPercent }) => topPercent === 20);
  if (top === undefined || all <= 0) return "There is no revenue to share";
  return `The top 20% of customers bring ${format.share(top.revenue / all)} of revenue`;
}

export function topTitle({ curve, customersFor80Percent }: Concentration, format: Format): string {
  const customers = curve.at(-1)?.customers ?? 0;
  if (customersFor80Percent === null || customers === 0) return "There is no revenue to share";
  return `${plural(format, customersFor80Percent, "customer")} (${format.share(customersFor80Percent / customers)}) make 80% of revenue`;
}

export function countriesTitle(countries: readonly CountrySales[], format: Format): string {
  const named = countries.filter(({ country }) => country !== null);
  const best = most(named, ({ revenue }) => revenue);
  if (best === undefined) return "The file names no countries";
  if (countries.length === 1) return `All revenue comes from ${best.country}`;
  const share = best.revenue / total(countries, ({ revenue }) => revenue);
  return `${best.country} brings ${format.share(share)} of revenue; ${plural(format, named.length - 1, "other country", "other countries")} the rest`;
}

export function productsTitle(products: readonly ProductSales[], format: Format): string {
  const best = most(products, ({ revenue }) => revenue);
  if (best === undefined) return "The file names no products";
  const name = best.description ?? best.productId;
  if (isCancelledGiant(best)) return `${name} leads by an order that was cancelled again`;
  return `${name} brings the most: ${format.money(best.revenue)}`;
}

/** Share of a product's revenue from which on its cancellation makes the rest doubtful. */
const MOSTLY = 0.5;

/** Most of what the product brought was cancelled again by those who bought it. */
export const isCancelledGiant = ({ revenue, cancelledRevenue }: ProductSales): boolean =>
  revenue > 0 && cancelledRevenue >= MOSTLY * revenue;

export function labelledTitle(items: readonly LabelledSales[], what: string, format: Format): string {
  const best = most(items, ({ revenue }) => revenue);
  const all = total(items, ({ revenue }) => revenue);
  if (best === undefined || all <= 0) return `No ${what} in the file`;
  return `${best.label ?? "(none)"} is the largest ${what}: ${format.share(best.revenue / all)} of revenue`;
}
