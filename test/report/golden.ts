import { expect } from "vitest";
import type { DashboardData, SalesView } from "../../lib/domain/dashboard/types.ts";

type Figure = Readonly<Record<string, number>>;

/** What the dashboard shows of Online Retail, against the reference figures (`figures.json`). */
// biome-ignore lint/suspicious/noExplicitAny: the file has no schema.
export function expectReferenceFigures(data: DashboardData, figures: any): void {
  const { marts, rfm } = figures;
  const { everybody } = data;
  expect(byName(everybody.months, ({ month }) => month.slice(0, 7))).toEqual(salesOf(marts.by_month));
  expect(byName(everybody.countries, ({ country }) => String(country))).toEqual(salesOf(marts.by_country));
  const fresh = Object.fromEntries(
    everybody.months.map((item) => [item.month.slice(0, 7), [item.newCustomers, item.newRevenue]]),
  );
  expect(fresh).toEqual(
    mapped(marts.new_vs_returning_by_month, (figure) => [figure.new_customers, figure.new_revenue]),
  );
  const revenueBy = (keyOf: (hour: SalesView["hours"][number]) => number) =>
    summed(everybody.hours, keyOf, ({ revenue }) => revenue);
  expect(revenueBy(({ hour }) => hour)).toEqual(mapped(marts.by_hour, ({ revenue }) => revenue));
  expect(revenueBy(({ weekday }) => weekday - 1)).toEqual(mapped(marts["by_weekday(0=Mon)"], ({ revenue }) => revenue));
  expectProducts(data, marts);
  expectCohorts(everybody, marts.cohort_retention_counts);
  const all = data.concentration.curve.at(-1)?.revenue ?? 0;
  for (const top of [1, 5, 10, 20, 50]) {
    const share = (data.concentration.curve.find(({ topPercent }) => topPercent === top)?.revenue ?? 0) / all;
    expect(share).toBeCloseTo(rfm.P2.concentration[`top_${top}pct_share`], 9);
  }
  expect(data.concentration.customersFor80Percent).toBe(rfm.P2.concentration.customers_for_80pct_revenue);
  expectSegmentsToAddUp(data);
}

/** Every customer has one segment, so what is shown of segments adds up to what is shown of everybody. */
function expectSegmentsToAddUp(data: DashboardData): void {
  const views = Object.values(data.bySegment);
  const added = (
    of: (view: SalesView) => readonly { revenue: number; customers: number }[],
    keyOf: (item: never) => string,
  ) => [
    summed(views.flatMap(of) as never[], keyOf, ({ revenue }: { revenue: number }) => revenue),
    summed(views.flatMap(of) as never[], keyOf, ({ customers }: { customers: number }) => customers),
  ];
  const whole = (items: readonly { revenue: number; customers: number }[], keyOf: (item: never) => string) => [
    summed(items as never[], keyOf, ({ revenue }: { revenue: number }) => revenue),
    summed(items as never[], keyOf, ({ customers }: { customers: number }) => customers),
  ];
  const month = ({ month }: { month: string }) => month;
  const country = ({ country }: { country: string | null }) => String(country);
  expect(added(({ months }) => months, month as never)).toEqual(whole(data.everybody.months, month as never));
  expect(added(({ countries }) => countries, country as never)).toEqual(
    whole(data.everybody.countries, country as never),
  );
  const total = (of: (cell: DashboardData["map"][number]) => number) =>
    data.map.reduce((sum, cell) => sum + of(cell), 0);
  expect(total(({ customers }) => customers)).toBe(data.summary.totals.customers);
  expect(total(({ orders }) => orders)).toBe(data.summary.totals.orders);
  expect(total(({ repeatCustomers }) => repeatCustomers) / data.summary.totals.customers).toBeCloseTo(
    data.summary.totals.repeatRate,
    12,
  );
  expect(data.scoreCells.reduce((sum, { customers }) => sum + customers, 0)).toBe(data.summary.totals.customers);
}

/** The giant that was cancelled twelve minutes later leads both lists, and is flagged. */
function expectProducts({ everybody: { products } }: DashboardData, marts: Record<string, Figure[]>): void {
  for (const measure of ["revenue", "units"] as const) {
    const mine = [...products].sort((a, b) => b[measure] - a[measure]).slice(0, 15);
    const theirs = (marts[`top20_products_by_${measure}`] ?? []).slice(0, 15);
    expect(mine.map((item) => [item.productId, item.revenue, item.units])).toEqual(
      theirs.map((item) => [item.stock_code, item.revenue, item.units]),
    );
  }
  const giant = products.find(({ productId }) => productId === "23843");
  expect(giant).toMatchObject({ singleOrder: true, cancelledRevenue: giant?.revenue });
}

function expectCohorts({ cohorts }: SalesView, counts: Record<string, number[]>): void {
  for (const [month, row] of Object.entries(counts)) {
    const mine = cohorts.filter(({ cohort }) => cohort === `${month}-01`);
    expect(
      row.map((_, i) => mine.find(({ monthsSinceFirst }) => monthsSinceFirst === i)?.customers ?? 0),
      month,
    ).toEqual(row);
  }
}

const mapped = <T>(group: Record<string, Figure>, of: (figure: Figure) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(group).map(([name, figure]) => [name, of(figure)]));

const salesOf = (group: Record<string, Figure>) =>
  mapped(group, ({ revenue, orders, customers }) => [revenue, orders, customers]);

const byName = <T extends { revenue: number; orders: number; customers: number }>(
  items: readonly T[],
  nameOf: (item: T) => string,
) => Object.fromEntries(items.map((item) => [nameOf(item), [item.revenue, item.orders, item.customers]]));

function summed<T>(
  items: readonly T[],
  keyOf: (item: T) => string | number,
  of: (item: T) => number,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const item of items) sums[keyOf(item)] = Math.round(((sums[keyOf(item)] ?? 0) + of(item)) * 10_000) / 10_000;
  return sums;
}
