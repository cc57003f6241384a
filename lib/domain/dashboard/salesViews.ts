import type {
  CohortSales,
  CountrySales,
  HourSales,
  MartRow,
  MonthSales,
  PeriodSales,
  ProductSales,
  Sales,
  SalesView,
} from "./types.ts";

/** What the page shows at most, so that ten years of history stay a small file. */
const MOST_COUNTRIES = 60;
const MOST_COHORT_MONTHS = 24;
export const MOST_WEEKS = 210;
export const MOST_DAYS = 1100;

/** Marts by their name, as `readDashboardData` finds them. */
export type Marts = Readonly<Record<string, readonly MartRow[]>>;

/** A sum of doubles that are decimals, back to four decimals. */
export const cents = (value: number): number => Math.round(value * 10_000) / 10_000;

const textOf = (cell: MartRow[string] | undefined): string | null =>
  cell === null || cell === undefined ? null : String(cell);

export const salesOf = (row: MartRow): Sales => ({
  revenue: cents(Number(row.revenue)),
  orders: Number(row.orders),
  customers: Number(row.customers),
});

export const periodOf =
  (column: string) =>
  (row: MartRow): PeriodSales => ({ start: String(row[column]), ...salesOf(row) });

const countryOf = (row: MartRow): CountrySales => ({ country: textOf(row.country), ...salesOf(row) });
const hourOf = (row: MartRow): HourSales => ({
  weekday: Number(row.weekday),
  hour: Number(row.order_hour),
  ...salesOf(row),
});

/** Everybody's sales, from the marts of the run. */
export function everybodysSales(marts: Marts, segments: readonly SalesView[]): SalesView {
  const rows = (name: string): readonly MartRow[] => marts[name] ?? [];
  const fresh = new Map(rows("new_and_returning").map((row) => [row.order_month, row]));
  const revenueOfCohorts = sumByKey(
    segments.flatMap(({ cohorts }) => cohorts),
    cohortKey,
  );
  return {
    months: rows("by_month").map((row) => ({
      month: String(row.order_month),
      ...salesOf(row),
      newCustomers: Number(fresh.get(row.order_month as string)?.new_customers ?? 0),
      newRevenue: cents(Number(fresh.get(row.order_month as string)?.new_revenue ?? 0)),
    })),
    weeks: addedUp(
      segments.map(({ weeks }) => weeks),
      ({ start }) => start,
    ).sort(byText(({ start }) => start)),
    countries: rows("by_country").slice(0, MOST_COUNTRIES).map(countryOf),
    hours: rows("by_weekday_hour")
      .filter((row) => row.weekday !== null && row.order_hour !== null)
      .map(hourOf),
    cohorts: latestCohorts(
      rows("cohorts").map((row) => {
        const cohort = { cohort: String(row.cohort_month), monthsSinceFirst: Number(row.months_since_first) };
        const revenue = revenueOfCohorts.get(cohortKey({ ...cohort, customers: 0, revenue: 0 })) ?? 0;
        return { ...cohort, customers: Number(row.customers), revenue: cents(revenue) };
      }),
    ),
    products: productsOf(rows("segment_products"), rows("by_product"), null),
  };
}

/** Sales of one segment, from segment_sales and segment_products. */
export function salesOfSegment(marts: Marts, segment: string): SalesView {
  const rows = (marts.segment_sales ?? []).filter((row) => row.rfm_segment === segment);
  const cohortRows = rows.filter((row) => row.order_month !== null);
  const weekRows = rows.filter((row) => row.order_week !== null);
  const hourRows = rows.filter((row) => row.weekday !== null);
  const countryRows = rows.filter((row) => row.order_month === null && row.order_week === null && row.weekday === null);
  return {
    months: monthsOf(cohortRows),
    weeks: weekRows.map(periodOf("order_week")).slice(-MOST_WEEKS),
    countries: countryRows
      .map(countryOf)
      .sort((a, b) => b.revenue - a.revenue)
      .slice(0, MOST_COUNTRIES),
    hours: hourRows.filter((row) => row.order_hour !== null).map(hourOf),
    cohorts: latestCohorts(cohortRows.map(cohortOf)),
    products: productsOf(marts.segment_products ?? [], marts.by_product ?? [], segment),
  };
}

/** A customer is new in the month of its cohort; customers of different cohorts differ, so they add up. */
function monthsOf(cohortRows: readonly MartRow[]): MonthSales[] {
  const months = new Map<string, MonthSales>();
  for (const row of cohortRows) {
    const month = String(row.order_month);
    const { revenue, orders, customers } = salesOf(row);
    const isNew = row.cohort_month === row.order_month;
    const sum = months.get(month) ?? { month, revenue: 0, orders: 0, customers: 0, newCustomers: 0, newRevenue: 0 };
    months.set(month, {
      month,
      revenue: cents(sum.revenue + revenue),
      orders: sum.orders + orders,
      customers: sum.customers + customers,
      newCustomers: sum.newCustomers + (isNew ? customers : 0),
      newRevenue: cents(sum.newRevenue + (isNew ? revenue : 0)),
    });
  }
  return [...months.values()].sort(byText(({ month }) => month));
}

function cohortOf(row: MartRow): CohortSales {
  const [cohort, month] = [String(row.cohort_month), String(row.order_month)];
  const months = (iso: string): number => Number(iso.slice(0, 4)) * 12 + Number(iso.slice(5, 7));
  return {
    cohort,
    monthsSinceFirst: months(month) - months(cohort),
    customers: Number(row.customers),
    revenue: cents(Number(row.revenue)),
  };
}

const cohortKey = ({ cohort, monthsSinceFirst }: CohortSales): string => `${cohort} ${monthsSinceFirst}`;

function latestCohorts(cohorts: readonly CohortSales[]): CohortSales[] {
  const kept = new Set([...new Set(cohorts.map(({ cohort }) => cohort))].sort().slice(-MOST_COHORT_MONTHS));
  return cohorts.filter(({ cohort, customers }) => kept.has(cohort) && customers > 0);
}

function productsOf(rows: readonly MartRow[], named: readonly MartRow[], segment: string | null): ProductSales[] {
  const names = new Map(named.map((row) => [row.product_id, row]));
  return rows
    .filter((row) => row.rfm_segment === segment)
    .map((row) => ({
      productId: String(row.product_id),
      description: textOf(names.get(row.product_id ?? null)?.description),
      revenue: cents(Number(row.revenue)),
      units: cents(Number(row.units)),
      customers: Number(row.customers),
      cancelledRevenue: cents(Number(row.cancelled_revenue)),
      singleOrder: names.get(row.product_id ?? null)?.orders === 1,
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
      revenue: cents((sum?.revenue ?? 0) + item.revenue),
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
