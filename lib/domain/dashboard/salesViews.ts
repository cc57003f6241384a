import type { MartRow, MartRows, PageMart } from "../../tables/marts.ts";
import type { CohortSales, CountrySales, HourSales, MonthSales, ProductSales, Sales, SalesView } from "./types.ts";

export type Marts = MartRows<PageMart>;

/** What the page shows at most, so that ten years of history stay a small file. */
const MOST_COUNTRIES = 60;
const MOST_COHORT_MONTHS = 24;
export const MOST_WEEKS = 210;
export const MOST_DAYS = 1100;

/** A sum of doubles that are decimals, back to four decimals. */
export const toFourDecimals = (value: number): number => Math.round(value * 10_000) / 10_000;

export const salesOf = ({ revenue, orders, customers }: Sales): Sales => ({ revenue, orders, customers });

type SegmentSales = MartRow<"segment_sales">;

const countryOf = (row: Sales & { readonly country: string | null }): CountrySales => ({
  country: row.country,
  ...salesOf(row),
});

/** The rows that are of one weekday and hour. */
const hoursOf = (
  rows: readonly (Sales & { readonly weekday: number | null; readonly order_hour: number | null })[],
): HourSales[] =>
  rows.flatMap((row) =>
    row.weekday === null || row.order_hour === null
      ? []
      : [{ weekday: row.weekday, hour: row.order_hour, ...salesOf(row) }],
  );

/** Everybody's sales, from the marts of the run. */
export function everybodysSales(marts: Marts, segments: readonly SalesView[]): SalesView {
  const fresh = new Map(marts.new_and_returning.map((row) => [row.order_month, row]));
  const revenueOfCohorts = sumByKey(
    segments.flatMap(({ cohorts }) => cohorts),
    cohortKey,
  );
  return {
    months: marts.by_month.map((row) => ({
      month: row.order_month,
      ...salesOf(row),
      newCustomers: fresh.get(row.order_month)?.new_customers ?? 0,
      newRevenue: fresh.get(row.order_month)?.new_revenue ?? 0,
    })),
    weeks: addedUp(
      segments.map(({ weeks }) => weeks),
      ({ start }) => start,
    ).sort(byText(({ start }) => start)),
    countries: marts.by_country.slice(0, MOST_COUNTRIES).map(countryOf),
    hours: hoursOf(marts.by_weekday_hour),
    cohorts: latestCohorts(
      marts.cohorts.map((row) => {
        const cohort = { cohort: row.cohort_month, monthsSinceFirst: row.months_since_first };
        const revenue = revenueOfCohorts.get(cohortKey({ ...cohort, customers: 0, revenue: 0 })) ?? 0;
        return { ...cohort, customers: row.customers, revenue: toFourDecimals(revenue) };
      }),
    ),
    products: productsOf(marts.segment_products, marts.by_product, null),
  };
}

/** Sales of one segment, from segment_sales and segment_products. */
export function salesOfSegment(marts: Marts, segment: string): SalesView {
  const rows = marts.segment_sales.filter((row) => row.rfm_segment === segment);
  const cohortRows = rows.filter(isOfMonth);
  const countryRows = rows.filter((row) => row.order_month === null && row.order_week === null && row.weekday === null);
  return {
    months: monthsOf(cohortRows),
    weeks: rows
      .flatMap((row) => (row.order_week === null ? [] : [{ start: row.order_week, ...salesOf(row) }]))
      .slice(-MOST_WEEKS),
    countries: countryRows
      .map(countryOf)
      .sort((a, b) => b.revenue - a.revenue)
      .slice(0, MOST_COUNTRIES),
    hours: hoursOf(rows),
    cohorts: latestCohorts(cohortRows.map(cohortOf)),
    products: productsOf(marts.segment_products, marts.by_product, segment),
  };
}

type OfMonth = SegmentSales & { readonly order_month: string; readonly cohort_month: string };

const isOfMonth = (row: SegmentSales): row is OfMonth => row.order_month !== null && row.cohort_month !== null;

/** A customer is new in the month of its cohort; customers of different cohorts differ, so they add up. */
function monthsOf(cohortRows: readonly OfMonth[]): MonthSales[] {
  const months = new Map<string, MonthSales>();
  for (const row of cohortRows) {
    const month = row.order_month;
    const { revenue, orders, customers } = salesOf(row);
    const isNew = row.cohort_month === row.order_month;
    const sum = months.get(month) ?? { month, revenue: 0, orders: 0, customers: 0, newCustomers: 0, newRevenue: 0 };
    months.set(month, {
      month,
      revenue: toFourDecimals(sum.revenue + revenue),
      orders: sum.orders + orders,
      customers: sum.customers + customers,
      newCustomers: sum.newCustomers + (isNew ? customers : 0),
      newRevenue: toFourDecimals(sum.newRevenue + (isNew ? revenue : 0)),
    });
  }
  return [...months.values()].sort(byText(({ month }) => month));
}

function cohortOf(row: OfMonth): CohortSales {
  const { cohort_month: cohort, order_month: month } = row;
  const months = (iso: string): number => Number(iso.slice(0, 4)) * 12 + Number(iso.slice(5, 7));
  return {
    cohort,
    monthsSinceFirst: months(month) - months(cohort),
    customers: row.customers,
    revenue: row.revenue,
  };
}

const cohortKey = ({ cohort, monthsSinceFirst }: CohortSales): string => `${cohort} ${monthsSinceFirst}`;

function latestCohorts(cohorts: readonly CohortSales[]): CohortSales[] {
  const kept = new Set([...new Set(cohorts.map(({ cohort }) => cohort))].sort().slice(-MOST_COHORT_MONTHS));
  return cohorts.filter(({ cohort, customers }) => kept.has(cohort) && customers > 0);
}

function productsOf(
  rows: Marts["segment_products"],
  named: Marts["by_product"],
  segment: string | null,
): ProductSales[] {
  const names = new Map(named.map((row) => [row.product_id, row]));
  return rows
    .filter((row) => row.rfm_segment === segment)
    .map((row) => ({
      productId: String(row.product_id),
      description: names.get(row.product_id)?.description ?? null,
      revenue: row.revenue,
      units: row.units,
      customers: row.customers,
      cancelledRevenue: row.cancelled_revenue,
      singleOrder: names.get(row.product_id)?.orders === 1,
    }));
}

function sumByKey(items: readonly CohortSales[], keyOf: (item: CohortSales) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0) + item.revenue);
  return sums;
}

/** Lists of different customers, added up by key. */
export function addedUp<T extends Sales>(lists: readonly (readonly T[])[], keyOf: (item: T) => string): T[] {
  const sums = new Map<string, T>();
  for (const item of lists.flat()) {
    const sum = sums.get(keyOf(item));
    const added = {
      revenue: toFourDecimals((sum?.revenue ?? 0) + item.revenue),
      orders: (sum?.orders ?? 0) + item.orders,
      customers: (sum?.customers ?? 0) + item.customers,
    };
    sums.set(keyOf(item), { ...item, ...added });
  }
  return [...sums.values()];
}

const byText =
  <T>(textOfItem: (item: T) => string) =>
  (a: T, b: T): number =>
    textOfItem(a) < textOfItem(b) ? -1 : 1;
