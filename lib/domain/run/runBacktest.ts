import { type ColumnFit, fitColumns } from "../clustering/fit/fitColumns.ts";
import { deriveSeed } from "../clustering/fit/random.ts";
import { orderByValue } from "../clustering/identity/assignment.ts";
import { ONLY_CLUSTER } from "../clustering/identity/labels.ts";
import { type NamingScheme, nameClusters } from "../clustering/identity/naming.ts";
import { mixtureColumns } from "../clustering/mixture/mixtureColumns.ts";
import type { CovarianceType } from "../clustering/mixture/types.ts";
import type { Transform } from "../clustering/types.ts";
import { ruleInMemory } from "../rfm/rules/ruleInMemory.ts";
import type { SegmentSetting } from "../rfm/rules/segmentRules.ts";
import { nameSegments } from "../rfm/scoreFeatures.ts";
import { type ScorePlan, withMeasures } from "../rfm/scorePlan.ts";
import type { PerMeasure } from "../rfm/scoring.ts";
import { type SegmentTable, scoresOfCell } from "../rfm/segments.ts";
import type { BandPlan } from "../rfm/weightedScore.ts";
import type { Backtest, BacktestGroup } from "./backtest.ts";
import { contest, verdictOf } from "./backtestVerdict.ts";
import { type Division, groupMeanIntervals } from "./bootstrap.ts";
import { bySpend, decilesOf } from "./spendDeciles.ts";

/** Customers as of the cut, a column each, in the order of their ids; money in ten-thousandths. */
export interface HoldoutCustomers {
  readonly customerId: readonly string[];
  readonly recencyDays: Float64Array;
  readonly frequency: Float64Array;
  readonly monetaryUnits: Float64Array;
  /** What scores are of where that is another measure, in ten-thousandths. */
  readonly measures?: Partial<PerMeasure<Float64Array | undefined>>;
  /** Of the days held out. */
  readonly orders: Float64Array;
  readonly spendUnits: Float64Array;
}

export interface BacktestInput {
  readonly customers: HoldoutCustomers;
  readonly holdoutDays: number;
  /** ISO date. */
  readonly cutDate: string;
  /** One customer in so many is among them; 1 for all. */
  readonly sampledOneIn: number;
  readonly scorePlan: ScorePlan;
  /** Breakpoints by the shop's time between purchases as of the cut, where recency is scored by them. */
  readonly repeatEdges: readonly number[];
  /** The bands of the weighted score, where there are weights. */
  readonly bandPlan?: BandPlan | undefined;
  readonly segments: SegmentSetting;
  /** The run's clustering features. */
  readonly features: readonly { readonly name: string; readonly transform: Transform }[];
  /** Scale of asinh, for features that are negative somewhere. */
  readonly asinhScale: number;
  /** The run's number of clusters. */
  readonly k: number;
  /** Where the run's clusters are a mixture's: the type of its covariances and their floor. */
  readonly mixture?: { readonly covariance: CovarianceType; readonly floor: number } | undefined;
  readonly labelNames: Readonly<Record<string, string>>;
  /** How clusters are called; default profile. */
  readonly naming?: NamingScheme;
  readonly seed: number;
}

/** Draws of rows in all: resampling costs the same for a thousand customers and for thirty thousand. */
const DRAWS = 1_000_000;

/**
 * Segments, clusters and spending deciles as of the cut, and what their customers did in the days held out. Nothing of
 * those days is used before: scores, edges and clusters come from the customers as of the cut, and only the number of
 * clusters is the run's. There must be at least one customer. @throws EncodingError where a feature cannot be encoded.
 */
export function runBacktest(input: BacktestInput): Backtest {
  const { customers, holdoutDays, cutDate, sampledOneIn } = input;
  const n = customers.recencyDays.length;
  const options = { resamples: Math.min(1000, Math.max(100, Math.round(DRAWS / n))) };
  const { segmentTable, segmentOfRow } = segmentsOf(input);
  const segmentOrder = orderSegments(segmentTable);
  const segments = {
    kind: "segment" as const,
    names: segmentOrder,
    division: { groupOf: segmentOfRow.map((name) => segmentOrder.indexOf(name)), groups: segmentOrder.length },
  };
  const spendOrder = bySpend(customers);
  const kinds = [segments, ...clustersOf(input, Object.keys(segmentTable)), decilesOf(spendOrder)];
  const intervals = groupMeanIntervals(
    customers.spendUnits,
    kinds.map(({ division }) => division),
    { ...options, seed: deriveSeed(input.seed, "backtest", "groups") },
  );
  const groups = kinds.flatMap(({ kind, names, division }, at) =>
    names.flatMap((name, group) => {
      const found = groupOf(customers, division, group);
      if (found === undefined) return [];
      const { low, high } = intervals[at][group];
      return [{ kind, name, ...found, low: moneyOf(low), high: moneyOf(high) } satisfies BacktestGroup];
    }),
  );
  const bought = customers.orders.map((orders) => (orders > 0 ? 1 : 0));
  const result = contest(
    { segmentOf: segmentOfRow, segmentOrder, spendOrder, spend: customers.spendUnits, bought },
    { ...options, seed: deriveSeed(input.seed, "backtest", "contest") },
  );
  const buyers = bought.reduce((sum, one) => sum + one, 0);
  const verdict = verdictOf({ holdoutDays, cutDate, customers: n, sampledOneIn, buyers, result });
  return { holdoutDays, cutDate, customers: n, groups, verdict };
}

/** R + FM of a cell, FM being the mean where F and M stand apart. */
function worthOf(cell: string): number {
  const [r = 0, f = 0, m = f] = scoresOfCell(cell) ?? [];
  return r + (f + m) / 2;
}

/** Segments by the mean of R + FM over their cells, the best first: their order in the table may be anybody's. */
export function orderSegments(table: SegmentTable): string[] {
  const value = (cells: readonly string[]): number =>
    cells.reduce((sum, cell) => sum + worthOf(cell), 0) / Math.max(1, cells.length);
  return Object.entries(table)
    .map(([name, cells]) => ({ name, value: value(cells) }))
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

function segmentsOf({ customers, repeatEdges, ...plan }: BacktestInput) {
  const { customerId, recencyDays, frequency, monetaryUnits: monetary } = customers;
  const columns = withMeasures({ customerId, recencyDays, frequency, monetary }, customers.measures ?? {});
  const { scores, rule } = ruleInMemory(plan, columns, repeatEdges);
  return { segmentTable: rule.segmentTable, segmentOfRow: nameSegments(rule, scores, columns) };
}

/** None where the run clusters by more than R, F and M: what else it looks at is not known as of the cut. */
function clustersOf(input: BacktestInput, taken: readonly string[]) {
  const { customers, k, seed, labelNames, mixture } = input;
  const columns: Record<string, Float64Array> = {
    recency_days: customers.recencyDays,
    frequency: customers.frequency,
    monetary: customers.monetaryUnits.map((units) => units / 10_000),
  };
  if (input.features.some(({ name }) => !Object.hasOwn(columns, name))) return [];
  const features = input.features.map(({ name, transform }) => {
    const values = columns[name];
    const isNegative = transform === "log1p" && values.some((value) => value < 0);
    const used = isNegative ? ("asinh" as const) : transform;
    return { name, transform: used, scale: used === "asinh" ? input.asinhScale : 1, values };
  });
  const fitted = () =>
    mixture === undefined ? fitColumns(features, k, seed) : mixtureColumns(features, k, seed, mixture);
  const fit = features.length === 0 ? undefined : fitted();
  const kind = "cluster" as const;
  if (fit !== undefined) return [{ kind, ...namedClusters(fit, input, taken) }];
  const groupOf = new Uint8Array(customers.recencyDays.length);
  return [{ kind, names: [labelNames[ONLY_CLUSTER] ?? ONLY_CLUSTER], division: { groupOf, groups: 1 } }];
}

/** By letter where those of the run are: the best first, and not the clusters of today. */
function namedClusters(
  { encodings, centroids, labels }: ColumnFit,
  { labelNames, naming: scheme = "profile" }: BacktestInput,
  taken: readonly string[],
) {
  const featureNames = encodings.map(({ name }) => name);
  const order = orderByValue(centroids, featureNames);
  // A shop's own text for cluster A means today's.
  const names = scheme === "profile" ? {} : labelNames;
  const ids = order.map((_, at) => order.indexOf(at));
  const named = nameClusters(centroids, featureNames, { scheme, names, taken, ids });
  const division: Division = { groupOf: labels.map((label) => order.indexOf(label)), groups: order.length };
  return { names: order.map((cluster) => named[cluster].label), division };
}

function groupOf(
  { spendUnits, orders }: HoldoutCustomers,
  division: Division,
  group: number,
): Pick<BacktestGroup, "customers" | "averageSpend" | "repeatShare"> | undefined {
  let [customers, buyers, spend] = [0, 0, 0n];
  for (let row = 0; row < spendUnits.length; row++) {
    if (division.groupOf[row] !== group) continue;
    customers++;
    spend += BigInt(spendUnits[row]);
    if (orders[row] > 0) buyers++;
  }
  if (customers === 0) return undefined;
  return { customers, averageSpend: moneyOf(Number(spend) / customers), repeatShare: buyers / customers };
}

/** Ten-thousandths as money with four decimals. */
function moneyOf(units: number): number {
  return Math.round(units) / 10_000;
}
