import { existsSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type AudienceFilter, forecastConditions } from "../../domain/audience/audience.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import { selectList, wholeRelation } from "../../tables/rows.ts";
import { SEGMENTS } from "../../tables/segments.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { curatedPrefix, modelKey } from "../../workflow/lake/layout.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { findManifest } from "../serve/publishedRuns.ts";
import { type AudienceSource, NoForecastError, NoRunError, type SegmentedCustomer } from "./source.ts";

const THREADS = "2";

/**
 * The segments of a run in a lake's folder, read from its Parquet; a run may go on meanwhile.
 * @throws NoRunError in a lake without runs, UnknownNameError for another run id.
 */
export async function openLakeAudience(
  store: ObjectStore,
  lakeDirectory: string,
  runId?: string,
): Promise<AudienceSource> {
  const manifest = await findManifest(store, runId);
  if (manifest === undefined) throw new NoRunError(lakeDirectory);
  const folder = join(lakeDirectory, curatedPrefix(manifest.runId, manifest.attempt));
  if (!existsSync(join(folder, "segments"))) throw new NoRunError(folder);
  const [summary, model] = await Promise.all([
    readJson<Summary>(store, manifest.summaryKey),
    readJson<ModelCard>(store, modelKey(manifest.modelVersion)),
  ]);
  const instance = await DuckDBInstance.create(":memory:", { threads: THREADS });
  return {
    runId: manifest.runId,
    snapshotDate: manifest.snapshotDate,
    segments: Object.keys(model.segmentTable),
    clusters: summary.clusters.map(({ id, label }) => ({ id, label })),
    rows: (filter) => {
      if (filter.forecast !== undefined) requireForecast(summary);
      return rows(instance, folder, manifest, filter);
    },
    close: async () => instance.closeSync(),
  };
}

/** @throws NoForecastError where the run has no numbers. */
function requireForecast({ forecast }: Summary): void {
  if (forecast == null) throw new NoForecastError("The run was made without one: run again.");
  if (forecast.reason !== null) throw new NoForecastError(forecast.reason);
}

const readParquet = (folder: string, table: string): string =>
  `read_parquet(${quoteLiteral(join(folder, table, "*.parquet"))}, hive_partitioning = false)`;

async function* rows(
  instance: DuckDBInstance,
  folder: string,
  manifest: RunManifest,
  { segments, clusterIds, forecast }: AudienceFilter,
): AsyncGenerator<SegmentedCustomer[]> {
  const connection = await instance.connect();
  try {
    const values = [...segments, ...clusterIds];
    const places = values.map((_, i) => `$${i + 1}`);
    const inSegments = segments.length === 0 ? "true" : `rfm_segment in (${places.slice(0, segments.length)})`;
    const inClusters = clusterIds.length === 0 ? "true" : `cluster_id in (${places.slice(segments.length)})`;
    // The run is the partition of the folder, not a column of the file.
    const columns = `${selectList(SEGMENTS.columns)}, ${quoteLiteral(manifest.runId)} as run_id`;
    const expected = forecast === undefined ? [] : forecastConditions(forecast);
    const inForecast =
      expected.length === 0
        ? "true"
        : `customer_id in (select customer_id from ${readParquet(folder, "forecasts")} where ${expected.join(" and ")})`;
    const where = `${inSegments} and ${inClusters} and ${inForecast}`;
    const relation = wholeRelation(readParquet(folder, "segments"), SEGMENTS.columns);
    const sql = `select ${columns} from ${relation} where ${where} order by customer_id`;
    const result = await connection.stream(sql, values);
    for await (const chunk of result.yieldRowObjectJs()) yield chunk.map(customerOf);
  } finally {
    connection.closeSync();
  }
}

function customerOf(row: Record<string, unknown>): SegmentedCustomer {
  return { ...row, frequency: Number(row.frequency) } as unknown as SegmentedCustomer;
}
