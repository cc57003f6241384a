import { schemeOf } from "../../domain/clustering/identity/naming.ts";
import type { Config } from "../../domain/config/config.ts";
import { measureFeatures, scoreMeasuresOf } from "../../domain/config/measureSettings.ts";
import { bandPlanOf, scorePlanOf } from "../../domain/config/scoreSettings.ts";
import { addDays, daysBetween } from "../../domain/dates.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { toTenThousandths } from "../../domain/money.ts";
import { repeatEdgesOf } from "../../domain/rfm/breakpoints.ts";
import { ruleFeatures } from "../../domain/rfm/rules/segmentRules.ts";
import { type PerMeasure, perMeasure } from "../../domain/rfm/scoring.ts";
import type { Backtest } from "../../domain/run/backtest.ts";
import { type HoldoutCustomers, runBacktest } from "../../domain/run/runBacktest.ts";
import type { ObjectStore } from "../../ports.ts";
import { STAGES } from "../../tables/stages.ts";
import type { BacktestCut } from "../documents.ts";
import { countRows, readColumns } from "../lake/parquet.ts";
import { readTable } from "../lake/readTable.ts";
import { customerOrder, inOrder } from "../shards/customerOrder.ts";
import { MEASURED_NAMES } from "../sql/featureParameters.ts";
import { windowStart } from "../sql/policyParameters.ts";
import { ASINH_SCALE } from "../sql/statements.ts";

/** More customers than these add nothing to the digits that are shown. */
const MOST_CUSTOMERS = 100_000;
const COLUMNS = [
  ...["recency_days", "frequency", "monetary", "holdout_orders", "holdout_spend"],
  ...["measure_1", "measure_2", "measure_3"],
] as const;

export interface HistorySpan {
  /** ISO date of the first purchase. */
  readonly firstDate: string;
  /** ISO date before which all purchases are. */
  readonly snapshotDate: string;
  readonly customers: number;
}

/** Whether segments of an earlier day can be told: a run's orders tell some measures, and no other features. */
export function knowsEarlierSegments({ scores, segments }: Pick<Config, "scores" | "segments">): boolean {
  if (ruleFeatures(segments).length > 0) return false;
  return measureFeatures(scores.measures).every(({ name }) => MEASURED_NAMES.includes(name));
}

/** The cut of a back-test; undefined where less than twice the days held out are known. */
export function cutOf(
  { firstDate, snapshotDate, customers }: HistorySpan,
  holdoutDays: number,
  windowMonths: number | null,
): BacktestCut | undefined {
  const from = [firstDate, windowStart(snapshotDate, windowMonths)].sort()[1] as string;
  const days = daysBetween(from, snapshotDate);
  if (days < 2 * holdoutDays) return undefined;
  const cutDate = addDays(snapshotDate, -holdoutDays);
  return { cutDate, sampledOneIn: Math.max(1, Math.ceil(customers / MOST_CUSTOMERS)) };
}

/**
 * The back-test over what backtest_customers.sql unloaded.
 * @param prefix of its Parquet files, with a trailing slash.
 * @param intervalsPrefix of those of repeat_intervals.sql as of the cut; read where recency is scored by them.
 * @returns null when nobody had bought before the cut.
 */
export async function readBacktest(
  store: ObjectStore,
  prefix: string,
  intervalsPrefix: string,
  {
    cut,
    config,
    model,
    holdoutDays,
  }: {
    readonly cut: BacktestCut;
    readonly config: Config;
    readonly model: ModelCard;
    readonly holdoutDays: number;
  },
): Promise<Backtest | null> {
  const known = await readCustomers(store, prefix);
  if (known === null) return null;
  const { measures: found, ...customers } = known;
  const scoreMeasures = scoreMeasuresOf(config.scores.measures) ?? {};
  const measures = perMeasure((measure) => (scoreMeasures[measure] === undefined ? undefined : found[measure]));
  const scorePlan = scorePlanOf(config.scores);
  const repeatEdges = async (): Promise<number[]> =>
    repeatEdgesOf(await readTable(store, STAGES.repeat_intervals, intervalsPrefix));
  return runBacktest({
    customers: { ...customers, measures },
    holdoutDays,
    ...cut,
    scorePlan,
    repeatEdges: scorePlan.recencyDays.method === "repeat-interval" ? await repeatEdges() : [],
    bandPlan: bandPlanOf(config.scores),
    segments: config.segments,
    features: model.features,
    asinhScale: Number(ASINH_SCALE),
    k: model.k,
    mixture: model.mixture,
    labelNames: config.clusters.labels,
    naming: schemeOf(config.clusters.labels, config.clusters.names),
    seed: config.clusters.seed,
  });
}

type KnownCustomers = HoldoutCustomers & { readonly measures: PerMeasure<Float64Array> };

/** In the order of their ids, for the intervals are drawn by the number of a row. */
async function readCustomers(store: ObjectStore, prefix: string): Promise<KnownCustomers | null> {
  const files = await countRows(store, prefix);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  if (rows === 0) return null;
  const columns = COLUMNS.map(() => new Float64Array(rows));
  const ids = new Array<string>(rows);
  let offset = 0;
  for (const { key, rows: end } of files) {
    const found = await readColumns(store, { key, start: 0, end }, ["customer_id", ...COLUMNS]);
    const idsOfFile = found.get("customer_id") as ArrayLike<string>;
    for (let row = 0; row < end; row++) ids[offset + row] = idsOfFile[row] as string;
    COLUMNS.forEach((name, at) => {
      (columns[at] as Float64Array).set(Float64Array.from(found.get(name) as ArrayLike<number>, Number), offset);
    });
    offset += end;
  }
  const order = customerOrder(ids, files);
  const [recencyDays, frequency, monetary, orders, spend, ...measures] = (
    order === undefined ? columns : columns.map((column) => inOrder(column, order))
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, ...Float64Array[]];
  const ofMeasure = (at: number): Float64Array => (measures[at] as Float64Array).map(toTenThousandths);
  return {
    customerId: order === undefined ? ids : inOrder(ids, order),
    ...{ recencyDays, frequency, orders },
    monetaryUnits: monetary.map(toTenThousandths),
    spendUnits: spend.map(toTenThousandths),
    measures: { recencyDays: ofMeasure(0), frequency: ofMeasure(1), monetary: ofMeasure(2) },
  };
}
