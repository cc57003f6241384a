import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ForecastColumns, forecastColumns } from "../../../lib/domain/forecast/forecastColumns.ts";
import { scoreRfm } from "../../../lib/domain/rfm/scoring.ts";
import { segmentRowsToParquet } from "../../../lib/workflow/lake/segmentParquet.ts";
import { rescoredParquet } from "../../../lib/workflow/report/customerMovements.ts";
import type { TestLake } from "../../golden/onlineRetail.ts";
import { quantileEdges } from "../../support/breakpointRows.ts";

type Row = Readonly<Record<string, unknown>>;

const LABELS = ["VIP", "Loyal", "At-Risk 🛒", 'O\'Low "Value"'];
const NAMES = ["Lost", "Hibernating", "About to Sleep", "Promising", "Champions"];

/** Some customers have no figures; some have them at the edges of cells. */
function madeUpFigures(rows: number): ForecastColumns {
  const figures = forecastColumns(undefined, { rows, forecastDay: 0 });
  const of = (value: (at: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, at) => (at % 7 === 6 ? Number.NaN : value(at)));
  return {
    ...figures,
    p_alive: of((at) => ((at * 37) % 101) / 100),
    is_late: of((at) => (at % 3 === 0 ? 1 : 0)),
    ...{
      expected_orders_90d: of((at) => ((at * 131) % 997) / 1000),
      expected_value_90d: of((at) => (at * 7919) % 100_003),
    },
  };
}

/** Writes segments for features as ScoreShards does, as Parquet; clusters and distances are made up, with ties. */
export function writeSegments(lake: TestLake, attempt: string, features: readonly Row[], edges: readonly Row[]): void {
  if (features.length === 0) return;
  const scoreEdges = quantileEdges(edges);
  const numbers = (column: string) => Float64Array.from(features, (row) => Number(row[column]));
  const texts = (column: string) => features.map((row) => String(row[column]));
  const scores = features.map((row) =>
    scoreRfm(scoreEdges, Number(row.recency_days), Number(row.frequency), Number(row.monetary)),
  );
  const bytes = segmentRowsToParquet({
    customerId: texts("customer_id"),
    recencyDays: numbers("recency_days"),
    frequency: numbers("frequency"),
    monetaryUnits: Float64Array.from(features, (row) => Number(String(row.monetary).replace(".", ""))),
    rScore: Uint8Array.from(scores, (score) => score.rScore),
    fScore: Uint8Array.from(scores, (score) => score.fScore),
    mScore: Uint8Array.from(scores, (score) => score.mScore),
    segment: scores.map((score) => NAMES[(score.rScore - 1) % NAMES.length] as string),
    clusterId: Int32Array.from(scores, (score) => (score.fScore + score.mScore) % LABELS.length),
    clusterLabel: scores.map((score) => LABELS[(score.fScore + score.mScore) % LABELS.length] as string),
    distance: Float64Array.from(features, (_, i) => Math.sqrt((i * 7919) % 101) / 3),
    firstPurchase: texts("first_purchase"),
    lastPurchase: texts("last_purchase"),
    forecast: madeUpFigures(features.length),
    snapshotDate: "2024-06-01",
    runId: "golden",
    modelVersion: "m1",
  });
  const write = (table: string, parquet: Uint8Array): void => {
    const folder = join(lake.directory, `curated/run_id=golden/attempt=${attempt}/${table}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "part-00000.parquet"), parquet);
  };
  write("segments", bytes);
  // Made up as well: where the run before would have put them.
  const others = scores.map((score) => NAMES[(score.rScore + score.fScore) % NAMES.length] as string);
  write("rescored", rescoredParquet(texts("customer_id"), others));
}
