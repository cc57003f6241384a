import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import type { DashboardSources } from "../../lib/domain/dashboard/build.ts";
import type { ModelCard } from "../../lib/domain/model/modelCard.ts";
import { compileSegmentTable, DEFAULT_SEGMENT_TABLE, segmentOf } from "../../lib/domain/rfm/segments.ts";
import type { Summary } from "../../lib/domain/run/summary.ts";
import type { MartRow } from "../../lib/tables/marts.ts";
import { madeUpForecast } from "./madeUpForecast.ts";

/** Made-up runs for the dashboard, with marts that add up as those of a run do. */

export interface MadeUpRun {
  readonly customers: number;
  readonly months?: number;
  readonly weeks?: number;
  readonly countries?: number;
  readonly products?: number;
  readonly clusters?: number;
  readonly table?: Readonly<Record<string, readonly string[]>>;
  /** Put into every name that a file or a person can choose. */
  readonly names?: string;
  readonly seed?: number;
  readonly locale?: string;
}

interface Customer {
  readonly segment: string;
  readonly cluster: number;
  readonly r: number;
  readonly f: number;
  readonly m: number;
  readonly recencyDays: number;
  readonly frequency: number;
  readonly monetary: number;
}

const monthName = (index: number): string => new Date(Date.UTC(2014, index, 1)).toISOString().slice(0, 10);
const dayName = (index: number): string => new Date(Date.UTC(2014, 0, 6 + index)).toISOString().slice(0, 10);
const score = (value: number): number => Math.max(1, Math.min(5, 1 + Math.floor(value * 5)));

/** All that a page is built from. */
export function madeUpSources(run: MadeUpRun): DashboardSources {
  const table = run.table ?? DEFAULT_SEGMENT_TABLE;
  const customers = customersOf(run, table);
  const segments = Object.keys(table).filter((name) => customers.some(({ segment }) => segment === name));
  const { clusters = 4 } = run;
  return {
    summary: summaryOf(run, customers, segments),
    model: modelOf(run, table, clusters),
    config: parseConfig({ display: { currency: "GBP", locale: run.locale ?? "en-GB", shopName: "Hearth & Home" } }),
    currency: null,
    earlier: null,
    marts: martsOf(run, customers, segments),
    ingests: ingestsOf(1),
    timings: [
      { state: "Ingest", engine: "code", calls: 1, milliseconds: 900, longestMilliseconds: 900 },
      { state: "CleanTransactions", engine: "sql", calls: 1, milliseconds: 12, longestMilliseconds: 12 },
      { state: "BuildMarts", engine: "sql", calls: 14, milliseconds: 3_000, longestMilliseconds: 800 },
    ],
  };
}

const ingestsOf = (count: number): DashboardSources["ingests"] =>
  Array.from({ length: count }, (_, i) => ({
    ingestId: `2024010${1 + i}T000000Z-00000000`,
    committedAt: `2024-01-0${1 + i}T00:00:00.000Z`,
    rowsIn: 100,
    rowsKept: 90,
    missingCustomer: 10,
    warnings: i % 2,
    notes: i,
  }));

function customersOf(run: MadeUpRun, table: NonNullable<MadeUpRun["table"]>): Customer[] {
  const random = createRandom(run.seed ?? 1);
  const compiled = compileSegmentTable(table);
  return Array.from({ length: run.customers }, () => {
    const [a, b, c] = [random(), random(), random()];
    const [r, f, m] = [score(1 - a), score(b), score((b + c) / 2)];
    return {
      segment: segmentOf(compiled, r, f, m),
      // Neighbours in recency and money are mostly in one cluster, as K-Means has it.
      cluster: Math.floor((0.4 * a + 0.55 * ((b + c) / 2) + 0.05 * random()) * (run.clusters ?? 4)),
      r,
      f,
      m,
      recencyDays: 1 + Math.floor(a ** 2 * 1500),
      frequency: 1 + Math.floor(b ** 3 * 60),
      monetary: Math.round(Math.exp(2 + 4 * ((b + c) / 2) + 2 * random()) * 100) / 100,
    };
  });
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

function group(
  members: readonly Customer[],
  customers: number,
  revenue: number,
): Omit<Summary["segments"][number], "name"> {
  const own = sum(members, ({ monetary }) => monetary);
  const middle = (of: (customer: Customer) => number): number =>
    members.map(of).sort((a, b) => a - b)[Math.floor(members.length / 2)] ?? 0;
  return {
    customers: members.length,
    customerShare: members.length / customers,
    revenue: own,
    revenueShare: own / revenue,
    medianRecencyDays: middle(({ recencyDays }) => recencyDays),
    medianFrequency: middle(({ frequency }) => frequency),
    medianMonetary: middle(({ monetary }) => monetary),
    averageMonetary: own / Math.max(1, members.length),
  };
}

function summaryOf(run: MadeUpRun, customers: readonly Customer[], segments: readonly string[]): Summary {
  const { names = "", clusters = 4 } = run;
  const revenue = sum(customers, ({ monetary }) => monetary);
  const orders = sum(customers, ({ frequency }) => frequency);
  const of = (members: readonly Customer[]) => group(members, customers.length, revenue);
  const richest = [...customers].sort((a, b) => b.monetary - a.monetary).slice(0, 3);
  const ledger = [
    { reason: "kept", rows: 90, amount: 900 },
    { reason: "cancellation", rows: 10, amount: -20 },
  ];
  const ids = Array.from({ length: clusters }, (_, id) => id).filter((id) =>
    customers.some(({ cluster }) => cluster === id),
  );
  return {
    schemaVersion: 1,
    runId: "2024-07-01-aaaaaaaaaa",
    attempt: "20240701T000000Z-00000000",
    createdAt: "2024-07-01T00:00:00.000Z",
    codeVersion: "0.0.0",
    snapshotDate: "2024-07-01",
    modelVersion: "m-1",
    policy: {
      returns: "drop",
      duplicates: "drop",
      windowMonths: null,
      frequencyBasis: "auto",
      nonProductsDropped: false,
    },
    drop: {
      ingestId: "20240101T000000Z-00000000",
      sources: [{ source: `orders${names}.csv`, rows: 100 }],
      rowsIn: 100,
      ledger,
      findings: [{ level: "warn", message: `Something about ${names}` }],
    },
    history: {
      sources: 1,
      rowsIn: 100,
      rowsKept: 90,
      ledger,
      firstDate: "2024-01-01",
      lastDate: "2024-06-30",
      currency: null,
      currencies: 0,
    },
    totals: {
      customers: customers.length,
      orders,
      revenue,
      averageOrderValue: revenue / Math.max(1, orders),
      repeatRate: customers.filter(({ frequency }) => frequency > 1).length / customers.length,
      returnsOnlyCustomers: 0,
    },
    segments: segments.map((name) => ({ name, ...of(customers.filter(({ segment }) => segment === name)) })),
    clusters: ids.map((id) => ({
      id,
      label: `Kind ${id}${names}`,
      ...of(customers.filter(({ cluster }) => cluster === id)),
    })),
    choice: {
      k: ids.length,
      reason: "knee",
      explanation: "Because.",
      criteria:
        ids.length < 2
          ? []
          : [2, 3, 4].map((k) => ({
              k,
              inertia: 900 / k,
              silhouette: 0.3,
              calinskiHarabasz: 100,
              daviesBouldin: 1,
              stability: 0.9,
            })),
    },
    dominance: {
      customers: richest.map((customer, i) => ({
        customerId: `K${i}${names}`,
        monetary: customer.monetary,
        revenueShare: customer.monetary / revenue,
        distance: 1,
        segment: customer.segment,
        cluster: `Kind ${customer.cluster}${names}`,
      })),
      revenueShare: 0.1,
      note: "Nobody was dropped.",
    },
    outputs: {},
    metered: {
      measuredOn: "local",
      statements: 3,
      bytesScanned: 1_000_000,
      usd: 0.0047,
      items: [
        { name: "Athena", basis: "30 MB charged for 3 statements", usd: 0.0027 },
        { name: "Lambda", basis: "18.4 GB-seconds, 8 calls", usd: 0.002 },
      ],
      region: "us-east-1",
      pricesAsOf: "2026-06",
      notIncluded: "Storage.",
    },
  } as unknown as Summary;
}

function modelOf({ names = "" }: MadeUpRun, table: NonNullable<MadeUpRun["table"]>, clusters: number): ModelCard {
  const edges = [1, 2, 3, 4];
  return {
    modelVersion: "m-1",
    configHash: "c",
    seed: 42,
    features: ["recency_days", "frequency", "monetary"].map((name) => ({
      name,
      transform: "log1p",
      scale: 1,
      mean: 0,
      deviation: 1,
    })),
    criteria: [],
    choice: { reason: "knee", explanation: "Because.", naturalClusters: false, dropped: [] },
    clusters: Array.from({ length: clusters }, (_, id) => ({
      id,
      label: `Kind ${id}${names}`,
      centroidScaled: [id - 1, 1 - id, id / 2],
    })),
    scoreEdges: { recencyDays: edges, frequency: edges, monetary: edges },
    segmentTable: table,
    training: { customers: 1, inertia: 1, shards: 1, clampedRows: 0 },
    separation: ["recency_days", "frequency", "monetary"].map((feature, j) => ({
      feature,
      silhouetteLoss: 0.2 - j / 8,
    })),
    lineage: {
      runId: "r",
      snapshotDate: "2024-07-01",
      ingests: [{ ingestId: "i", source: `orders${names}.csv`, contentHash: "abc", rows: 100 }],
    },
  } as unknown as ModelCard;
}

function martsOf(
  run: MadeUpRun,
  customers: readonly Customer[],
  segments: readonly string[],
): DashboardSources["marts"] {
  const { months = 6, weeks = 26, countries = 5, products = 12, names = "" } = run;
  const random = createRandom(7);
  const sales = () => ({
    revenue: randomInteger(random, 10_000_000) / 100,
    orders: 1 + randomInteger(random, 900),
    customers: 1 + randomInteger(random, 500),
    units: 10,
    lines: 20,
    average_order_value: 5,
  });
  const list = <T>(length: number, of: (i: number) => T): T[] => Array.from({ length }, (_, i) => of(i));
  const country = (i: number): string => `Country ${i}${names}`;
  const product = (i: number): MartRow<"by_product"> => ({
    product_id: `P${i}${names}`,
    description: `Thing ${i}${names}`,
    ...sales(),
    orders: i === 0 ? 1 : 9,
    units: 10 + i,
  });
  const empty = {
    cohort_month: null,
    order_month: null,
    order_week: null,
    country: null,
    weekday: null,
    order_hour: null,
  };
  const perSegment = segments.flatMap((rfm_segment): MartRow<"segment_sales">[] => [
    ...list(months, (c) =>
      list(months - c, (i) => ({
        ...empty,
        rfm_segment,
        cohort_month: monthName(c),
        order_month: monthName(c + i),
        ...sales(),
      })),
    ).flat(),
    ...list(weeks, (i) => ({ ...empty, rfm_segment, order_week: dayName(7 * i), ...sales() })),
    ...list(countries, (i) => ({ ...empty, rfm_segment, country: country(i), ...sales() })),
    ...list(7 * 12, (i) => ({
      ...empty,
      rfm_segment,
      weekday: 1 + Math.floor(i / 12),
      order_hour: 8 + (i % 12),
      ...sales(),
    })),
  ]);
  const top = (rfm_segment: string | null): MartRow<"segment_products">[] =>
    list(Math.min(30, products), (i) => ({
      ...product(i),
      rfm_segment,
      cancelled_revenue: i === 0 ? 1e9 : 0,
      revenue_rank: i + 1,
      units_rank: i + 1,
    }));
  const total = sum(customers, ({ monetary }) => monetary);
  return {
    by_month: list(months, (i) => ({ order_month: monthName(i), ...sales() })),
    by_day: list(weeks * 7, (i) => ({ order_date: dayName(i), ...sales() })),
    by_country:
      countries === 0 ? [{ country: null, ...sales() }] : list(countries, (i) => ({ country: country(i), ...sales() })),
    by_weekday_hour: list(7 * 12, (i) => ({ weekday: 1 + Math.floor(i / 12), order_hour: 8 + (i % 12), ...sales() })),
    by_product: list(products, product),
    new_and_returning: list(months, (i) => ({
      order_month: monthName(i),
      new_customers: 1,
      returning_customers: 1,
      new_revenue: 1,
      returning_revenue: 1,
    })),
    cohorts: list(months, (c) =>
      list(months - c, (i) => ({ cohort_month: monthName(c), months_since_first: i, customers: 9 })),
    ).flat(),
    order_gaps: list(53, (weeks_since_previous) => ({
      ...{ weeks_since_previous, purchase_days: 60 - weeks_since_previous },
      ...{ customers: 9, revenue: 100 },
    })),
    segment_forecast: segments.map((rfm_segment, at) => ({
      ...{ rfm_segment, customers: 20, alive_customers: 12.5, late_customers: 2, expected_orders_90d: 9.25 },
      ...{ expected_value_90d: 900 - at, late_expected_value_90d: 40 },
    })),
    worth_a_call: list(Math.min(20, customers.length), (i) => ({
      ...{ call_rank: i + 1, customer_id: `W${i}${names}`, rfm_segment: segments[0] ?? "", recency_days: 90 + i },
      ...{ frequency: 9, net_monetary: 900 - i, p_alive: 0.4, is_late: i % 2 === 0, expected_value_90d: 12 },
    })),
    segment_customers: segments.flatMap((segment) => listedIn(segment, customers, names)),
    segment_movers: [],
    alive_map: list(10, (i) => ({
      ...{ alive_cell: i, monetary_cell: 4 + i, customers: 1 + i, late_customers: i % 2 },
      ...{ revenue: 100 * i, expected_value_90d: 10 * i },
    })),
    concentration: list(101, (i) => ({
      top_percent: i,
      customers: Math.ceil((customers.length * i) / 100),
      revenue: total * (1 - (1 - i / 100) ** 3),
    })),
    concentration_summary: [
      {
        ...{ customers: customers.length, revenue: total, top_customer_share: 0.1 },
        ...{ customers_for_80_percent: 1, gini: 0.5, gini_clipped: 0.5 },
      },
    ],
    by_category: [
      { category: `Garden${names}`, ...sales() },
      { category: null, ...sales() },
    ],
    by_payment_method: [{ payment_method: null, ...sales() }],
    segment_sales: perSegment,
    segment_products: products === 0 ? [] : [null, ...segments].flatMap(top),
    customer_map: mapOf(customers),
    score_cells: scoreCellsOf(customers),
  };
}

/** As sql/athena/segments/segment_customers.sql has it: every third is quiet. */
function listedIn(segment: string, customers: readonly Customer[], names: string): MartRow<"segment_customers">[] {
  const members = customers
    .map((customer, at) => ({ ...customer, at }))
    .filter((customer) => customer.segment === segment)
    .sort((a, b) => b.monetary - a.monetary);
  const list = (list_name: string, some: typeof members): MartRow<"segment_customers">[] =>
    some.slice(0, 25).map(({ at, r, f, m, recencyDays, frequency, monetary }, i) => ({
      ...{ rfm_segment: segment, list_name, list_rank: i + 1, list_customers: some.length },
      ...{ customer_id: `C${at}${names}`, recency_days: recencyDays, frequency, monetary },
      ...{ r_score: r, f_score: f, m_score: m },
      ...{ p_alive: 0.5, is_late: at % 3 === 0, expected_value_90d: monetary / 10 },
    }));
  return [
    ...list("top", members),
    ...list(
      "quiet",
      members.filter(({ at }) => at % 3 === 0),
    ),
  ];
}

/** As sql/athena/segments/customer_map.sql has it. */
function mapOf(customers: readonly Customer[]): MartRow<"customer_map">[] {
  const cells = new Map<string, Customer[]>();
  const placeOf = ({ recencyDays, monetary }: Customer): [number, number] => [
    Math.floor(Math.log(1 + recencyDays) * 6),
    Math.floor(Math.log(1 + monetary) * 4),
  ];
  for (const customer of customers) {
    const key = [customer.segment, customer.cluster, ...placeOf(customer)].join("|");
    cells.set(key, [...(cells.get(key) ?? []), customer]);
  }
  return [...cells.values()].map((members) => ({
    rfm_segment: (members[0] as Customer).segment,
    cluster_id: (members[0] as Customer).cluster,
    recency_cell: placeOf(members[0] as Customer)[0],
    monetary_cell: placeOf(members[0] as Customer)[1],
    customers: members.length,
    repeat_customers: members.filter(({ frequency }) => frequency > 1).length,
    recency_days: sum(members, ({ recencyDays }) => recencyDays),
    orders: sum(members, ({ frequency }) => frequency),
    revenue: sum(members, ({ monetary }) => monetary),
  }));
}

function scoreCellsOf(customers: readonly Customer[]): MartRow<"score_cells">[] {
  const cells = new Map<string, Customer[]>();
  for (const customer of customers) {
    const key = `${customer.r}${customer.f}${customer.m}${customer.segment}`;
    cells.set(key, [...(cells.get(key) ?? []), customer]);
  }
  return [...cells].map(([key, members]) => ({
    r_score: Number(key[0]),
    f_score: Number(key[1]),
    m_score: Number(key[2]),
    rfm_segment: key.slice(3),
    customers: members.length,
    revenue: sum(members, ({ monetary }) => monetary),
  }));
}

/** What an earlier run and the analysis add from the second run on. */
export function withAnalysis(
  sources: DashboardSources,
  changed: NonNullable<Summary["comparison"]>["changed"] = [],
): DashboardSources {
  const { summary } = sources;
  const names = summary.segments.map(({ name }) => name);
  const [first = "", second = first] = names;
  const cell = (segmentFrom: string | null, segmentTo: string | null, customers: number, thresholdOnly = 0) => ({
    segmentFrom,
    segmentTo,
    customers,
    thresholdOnly,
    monetaryBefore: segmentFrom === null ? 0 : 100 * customers,
    monetaryAfter: segmentTo === null ? 0 : 120 * customers,
  });
  const groups = (kind: "segment" | "cluster" | "spend-decile") =>
    names.map((name, i) => ({
      kind,
      name,
      customers: 10,
      averageSpend: 100 - i,
      low: 90 - i,
      high: 110 - i,
      repeatShare: 0.5,
    }));
  const mover = (list_name: string, rfm_segment: string, other_segment: string | null, at: number, of: number) => ({
    ...{ list_name, rfm_segment, other_segment, list_rank: at + 1, list_customers: of, customer_id: `M${at}` },
    ...{ is_threshold_only: at < 3, recency_days: 10 + at, frequency: 2, monetary: 900 - at },
    ...{ r_score: 3, f_score: 2, m_score: 5 },
  });
  const movers = (...[name, ...ends]: [string, string, string | null, number]) =>
    Array.from({ length: ends[2] }, (_, at) => mover(name, ends[0], ends[1], at, ends[2]));
  return {
    ...sources,
    marts: {
      ...sources.marts,
      segment_movers: [
        ...movers("in", first, null, 5),
        ...movers("in", second, first, 7),
        ...movers("out", first, second, 7),
        ...movers("out", second, null, 2),
      ],
    },
    ingests: ingestsOf(5),
    earlier: {
      ...summary,
      runId: "2024-06-01-bbbbbbbbbb",
      snapshotDate: "2024-06-01",
      totals: { ...summary.totals, revenue: summary.totals.revenue * 0.8, customers: summary.totals.customers - 1 },
    },
    summary: {
      ...summary,
      sales: {
        month: {
          latest: { from: "2024-06-01", to: "2024-06-30", revenue: 1_200, orders: 12 },
          before: { from: "2024-05-01", to: "2024-05-31", revenue: 1_000, orders: 10 },
          yearBefore: null,
        },
        days28: {
          latest: { from: "2024-06-03", to: "2024-06-30", revenue: 900, orders: 9 },
          before: { from: "2024-05-06", to: "2024-06-02", revenue: 1_000, orders: 10 },
        },
        openMonth: null,
      },
      comparison: { runId: "2024-06-01-bbbbbbbbbb", snapshotDate: "2024-06-01", changed },
      movement: {
        runFrom: "2024-06-01-bbbbbbbbbb",
        runTo: summary.runId,
        cells: [
          ...names.map((name) => cell(name, name, 20)),
          cell(first, second, 7, 3),
          cell(null, first, 5),
          cell(second, null, 2),
        ],
      },
      forecast: madeUpForecast(summary.totals.customers),
      drift: {
        referenceModel: "m-0",
        features: [
          { feature: "recency_days", psi: 0.01, noise: 0.02, level: "ok" },
          { feature: "frequency", psi: 0.12, noise: 0.02, level: "warn" },
          { feature: "monetary", psi: 0.3, noise: 0.02, level: "alarm" },
        ],
        shares: ["2024-06-01-bbbbbbbbbb", summary.runId].flatMap((runId, run) =>
          names.map((segment) => ({
            runId,
            snapshotDate: `2024-0${6 + run}-01`,
            segment,
            customers: 10 + run,
            share: (1 + run / 10) / names.length,
          })),
        ),
        thresholds: { warn: 0.1, alarm: 0.25 },
      },
      backtest: {
        holdoutDays: 90,
        cutDate: "2024-04-01",
        customers: 100,
        groups: [...groups("segment"), ...groups("cluster"), ...groups("spend-decile")],
        verdict: "Segments told no more than spending.",
      },
    } as Summary,
  };
}
