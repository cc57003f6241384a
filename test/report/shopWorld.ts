import fc from "fast-check";
import type { CohortSales, MapCell, MonthSales, SalesView, ScoreCell } from "../../lib/domain/dashboard/types.ts";
import { scoreBreakpoints } from "../../lib/domain/rfm/quantile.ts";
import { type ScoreBins, scoreRfm } from "../../lib/domain/rfm/scoring.ts";
import {
  combinedScore,
  compileSegmentTable,
  DEFAULT_SEGMENT_TABLE,
  type SegmentTable,
  segmentOf,
} from "../../lib/domain/rfm/segments.ts";
import type { Summary } from "../../lib/domain/run/summary.ts";

/** Small shops with everything that can be said of them counted anew from the orders, one customer after another. */

export interface Order {
  /** Days since 2023-01-01. */
  readonly day: number;
  readonly hour: number;
  /** Whole money, so that sums are exact. */
  readonly revenue: number;
  readonly lines: number;
  readonly country: string | null;
  readonly product: string;
}

export interface Customer {
  readonly orders: readonly Order[];
  readonly segment: string;
  /** Of the run before; null: not there. */
  readonly before: string | null;
  readonly isThresholdOnly: boolean;
  readonly cluster: number;
  readonly r: number;
  readonly f: number;
  readonly m: number;
  readonly fm: number;
  readonly recencyDays: number;
  readonly frequency: number;
  readonly monetary: number;
}

export interface World {
  readonly customers: readonly Customer[];
  /** Segments that have a customer. */
  readonly segments: readonly string[];
  readonly table: SegmentTable;
  readonly edges: { readonly recencyDays: number[]; readonly frequency: number[]; readonly monetary: number[] };
  readonly bins: ScoreBins;
  readonly basis: "orders" | "active_days" | "lines";
  readonly snapshotDay: number;
}

const DAYS = 500;
export const dateOf = (day: number): string => new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10);
export const monthOf = (day: number): string => `${dateOf(day).slice(0, 7)}-01`;

const order = fc.record({
  day: fc.integer({ min: 0, max: DAYS - 1 }),
  hour: fc.constantFrom(0, 9, 20),
  revenue: fc.integer({ min: 1, max: 900 }),
  lines: fc.integer({ min: 1, max: 3 }),
  country: fc.constantFrom("Peru", "Chad", "Laos", null),
  product: fc.constantFrom("Cup", "Pot", "Pan"),
});
const buyer = fc.record({
  orders: fc.array(order, { minLength: 1, maxLength: 5 }),
  before: fc.nat(30),
  isThresholdOnly: fc.boolean(),
  cluster: fc.nat(2),
});

/** Names of one's own over a division of the 25 cells that no one would think of. */
const strangeTable = fc.array(fc.nat(3), { minLength: 25, maxLength: 25 }).map((owners) => {
  const cells = (segment: number): string[] =>
    owners.flatMap((owner, i) => (owner === segment ? [`${Math.floor(i / 5) + 1}${(i % 5) + 1}`] : []));
  const named = ["Champions", "Tier 2", "At Risk", "zebra-5"].map((name, i) => [name, cells(i)] as const);
  return Object.fromEntries(named.filter(([, owned]) => owned.length > 0));
});

export const worlds = fc
  .record({
    buyers: fc.array(buyer, { minLength: 1, maxLength: 40 }),
    table: fc.oneof(fc.constant(DEFAULT_SEGMENT_TABLE as Record<string, string[]>), strangeTable),
    bins: fc.oneof(fc.constant([5, 5, 5]), fc.array(fc.integer({ min: 2, max: 10 }), { minLength: 3, maxLength: 3 })),
    basis: fc.constantFrom<World["basis"][]>("orders", "active_days", "lines"),
  })
  .map(({ buyers, table, basis, bins: [r = 5, f = 5, m = 5] }): World => {
    const snapshotDay = Math.max(...buyers.flatMap(({ orders }) => orders.map(({ day }) => day))) + 1;
    const measured = buyers.map(({ orders, ...rest }) => ({ ...rest, orders, ...measure(orders, basis, snapshotDay) }));
    const edgesOf = (of: (customer: (typeof measured)[number]) => number, bins: number): number[] =>
      scoreBreakpoints(Float64Array.from(measured, of), bins);
    const edges = {
      recencyDays: edgesOf(({ recencyDays }) => recencyDays, r),
      frequency: edgesOf(({ frequency }) => frequency, f),
      monetary: edgesOf(({ monetary }) => monetary, m),
    };
    const counts = { recencyDays: r, frequency: f, monetary: m };
    const compiled = compileSegmentTable(table, counts);
    const names = Object.keys(table);
    const customers = measured.map(({ before, ...customer }): Customer => {
      const { recencyDays, frequency, monetary } = customer;
      const { rScore, fScore, mScore } = scoreRfm(edges, recencyDays, frequency, monetary);
      return {
        ...customer,
        ...{
          r: rScore,
          f: fScore,
          m: mScore,
          fm: combinedScore(counts, fScore, mScore),
          segment: segmentOf(compiled, rScore, fScore, mScore),
        },
        before:
          before > 20 ? segmentOf(compiled, rScore, fScore, mScore) : (names[before % (names.length + 1)] ?? null),
      };
    });
    const segments = names.filter((name) => customers.some(({ segment }) => segment === name));
    return { customers, segments, table, edges, bins: counts, basis, snapshotDay };
  });

function measure(orders: readonly Order[], basis: World["basis"], snapshotDay: number) {
  const days = new Set(orders.map(({ day }) => day));
  const frequency = { orders: orders.length, active_days: days.size, lines: sum(orders, ({ lines }) => lines) }[basis];
  return { recencyDays: snapshotDay - Math.max(...days), frequency, monetary: sum(orders, ({ revenue }) => revenue) };
}

export const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
};
/** Customers of a segment, or all. */
export const of = ({ customers }: World, segment: string | null): readonly Customer[] =>
  customers.filter((customer) => segment === null || customer.segment === segment);
export const ordersOf = (world: World, segment: string | null): readonly Order[] =>
  of(world, segment).flatMap(({ orders }) => orders);
export const firstMonth = ({ orders }: Customer): string => monthOf(Math.min(...orders.map(({ day }) => day)));

export function summaryOf(world: World): Summary {
  const { customers, snapshotDay, basis } = world;
  const revenue = sum(customers, ({ monetary }) => monetary);
  const group = (members: readonly Customer[]) => ({
    customers: members.length,
    customerShare: members.length / customers.length,
    revenue: sum(members, ({ monetary }) => monetary),
    revenueShare: sum(members, ({ monetary }) => monetary) / revenue,
    medianRecencyDays: median(members.map(({ recencyDays }) => recencyDays)),
    medianFrequency: median(members.map(({ frequency }) => frequency)),
    medianMonetary: median(members.map(({ monetary }) => monetary)),
    averageMonetary: sum(members, ({ monetary }) => monetary) / members.length,
  });
  const clusters = [...new Set(customers.map(({ cluster }) => cluster))].sort();
  return {
    snapshotDate: dateOf(snapshotDay),
    policy: { frequencyBasis: basis },
    totals: {
      ...{ customers: customers.length, orders: ordersOf(world, null).length, revenue },
      averageOrderValue: revenue / ordersOf(world, null).length,
      repeatRate: customers.filter(({ frequency }) => frequency > 1).length / customers.length,
    },
    segments: world.segments.map((name) => ({ name, ...group(of(world, name)) })),
    clusters: clusters.map((id) => ({
      id,
      label: `L${id}`,
      ...group(customers.filter(({ cluster }) => cluster === id)),
    })),
    choice: { k: clusters.length, criteria: [] },
    dominance: {
      customers: [...customers]
        .sort((a, b) => b.monetary - a.monetary)
        .slice(0, 10)
        .map(({ monetary, segment }) => ({ monetary, segment, revenueShare: monetary / revenue })),
    },
    movement: { runFrom: "a", runTo: "b", cells: movementCells(world) },
  } as unknown as Summary;
}

function movementCells({ customers }: World) {
  const cells = new Map<string, Customer[]>();
  for (const customer of customers) {
    const key = JSON.stringify([customer.before, customer.segment]);
    cells.set(key, [...(cells.get(key) ?? []), customer]);
  }
  return [...cells].map(([key, members]) => {
    const [segmentFrom, segmentTo] = JSON.parse(key) as [string | null, string];
    return {
      ...{ segmentFrom, segmentTo, customers: members.length },
      thresholdOnly: segmentFrom === segmentTo ? 0 : members.filter(({ isThresholdOnly }) => isThresholdOnly).length,
      monetaryBefore: segmentFrom === null ? 0 : sum(members, ({ monetary }) => Math.floor(monetary / 2)),
      monetaryAfter: sum(members, ({ monetary }) => monetary),
    };
  });
}

export function mapOf({ customers }: World): MapCell[] {
  return customers.map(({ segment, cluster, frequency, recencyDays, orders, monetary }) => ({
    ...{ segment, cluster, customers: 1, repeatCustomers: frequency > 1 ? 1 : 0 },
    ...{ recencyDays, orders: orders.length, revenue: monetary },
  }));
}

export const scoreCellsOf = ({ customers }: World): ScoreCell[] =>
  customers.map(({ r, f, m, segment, monetary }) => ({ r, f, m, segment, customers: 1, revenue: monetary }));

const grouped = <T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
};

export function salesOf(
  world: World,
  segment: string | null,
): Pick<SalesView, "months" | "countries" | "hours" | "cohorts" | "products"> {
  const bought = of(world, segment).flatMap((customer) => customer.orders.map((order) => ({ customer, order })));
  const sales = (items: typeof bought) => ({
    revenue: sum(items, ({ order: { revenue } }) => revenue),
    orders: items.length,
    customers: new Set(items.map(({ customer }) => customer)).size,
  });
  return {
    months: grouped(bought, ({ order: { day } }) => monthOf(day)).map(([month, items]): MonthSales => {
      const fresh = items.filter(({ customer }) => firstMonth(customer) === month);
      return { month, ...sales(items), newCustomers: sales(fresh).customers, newRevenue: sales(fresh).revenue };
    }),
    countries: grouped(bought, ({ order: { country } }) => JSON.stringify(country)).map(([name, items]) => ({
      country: JSON.parse(name) as string | null,
      ...sales(items),
    })),
    hours: grouped(bought, ({ order }) => `${weekday(order)} ${order.hour}`).map(([, items]) => {
      const [{ order }] = items as [(typeof items)[number]];
      return { weekday: weekday(order), hour: order.hour, ...sales(items) };
    }),
    cohorts: grouped(bought, ({ customer, order: { day } }) => `${firstMonth(customer)} ${monthOf(day)}`).map(
      ([key, items]): CohortSales => {
        const [cohort = "", month = ""] = key.split(" ");
        const number = (iso: string): number => Number(iso.slice(0, 4)) * 12 + Number(iso.slice(5, 7));
        return { cohort, monthsSinceFirst: number(month) - number(cohort), ...sales(items) };
      },
    ),
    products: grouped(bought, ({ order: { product } }) => product).map(([product, items]) => ({
      ...{ productId: product, description: product, ...sales(items), units: items.length },
      ...{ cancelledRevenue: 0, singleOrder: false },
    })),
  };
}

export const weekday = ({ day }: Order): number => ((new Date(Date.UTC(2023, 0, 1 + day)).getUTCDay() + 6) % 7) + 1;
