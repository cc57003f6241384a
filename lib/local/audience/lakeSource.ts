import { existsSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type AudienceFilter, forecastConditions, orderBy } from "../../domain/audience/audience.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import { selectList, wholeRelation } from "../../tables/rows.ts";
import { SEGMENTS } from "../../tables/segments.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { curatedPrefix, modelKey } from "../../workflow/lake/layout.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { NoLakeError } from "../lake/lakeQueries.ts";
import { findManifest } from "../serve/publishedRuns.ts";
import { type AudienceSource, NoRunError, requireForecast, type SegmentedCustomer } from "./source.ts";

const THREADS = "2";

/**
 * The segments of a run in a lake's folder, read from its Parquet; a run may go on meanwhile.
 * @throws NoLakeError, NoRunError in a lake without runs, UnknownNameError for another run id.
 */
export async function openLakeAudience(
  store: ObjectStore,
  lakeDirectory: string,
  runId?: string,
): Promise<AudienceSource> {
  if (!existsSync(lakeDirectory)) throw new NoLakeError(lakeDirectory);
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
    rows: (filter) => rows(instance, { folder, manifest, summary }, filter),
    close: async () => instance.closeSync(),
  };
}

interface RunFiles {
  readonly folder: string;
  readonly manifest: RunManifest;
  readonly summary: Summary;
}

/** @throws NoForecastError where customers are asked for by a forecast that the run does not have. */
async function* rows(
  instance: DuckDBInstance,
  { folder, manifest, summary }: RunFiles,
  filter: AudienceFilter,
): AsyncGenerator<SegmentedCustomer[]> {
  const connection = await instance.connect();
  const files = `read_parquet(${quoteLiteral(join(folder, "segments/*.parquet"))}, hive_partitioning = false)`;
  const relation = wholeRelation(files, SEGMENTS.columns);
  const hasFigures = async (): Promise<boolean> =>
    (await connection.runAndReadAll(`select 1 from ${relation} where p_alive is not null limit 1`)).currentRowCount > 0;
  try {
    await requireForecast(filter, summary, hasFigures);
    const { segments, clusterIds, forecast, order } = filter;
    const values = [...segments, ...clusterIds];
    const places = values.map((_, i) => `$${i + 1}`);
    const inSegments = segments.length === 0 ? "true" : `rfm_segment in (${places.slice(0, segments.length)})`;
    const inClusters = clusterIds.length === 0 ? "true" : `cluster_id in (${places.slice(segments.length)})`;
    // The run is the partition of the folder, not a column of the file.
    const columns = `${selectList(SEGMENTS.columns)}, ${quoteLiteral(manifest.runId)} as run_id`;
    const expected = forecast === undefined ? [] : forecastConditions(forecast);
    const where = [inSegments, inClusters, ...expected].join(" and ");
    const limit = order?.top === undefined ? "" : ` limit ${order.top}`;
    // By the columns themselves: those of the select list are text.
    const sql = `select ${columns} from ${relation} as audience where ${where} ${orderBy(order, "audience.")}${limit}`;
    const result = await connection.stream(sql, values);
    for await (const chunk of result.yieldRowObjectJs()) yield chunk.map(customerOf);
  } finally {
    connection.closeSync();
  }
}

function customerOf(row: Record<string, unknown>): SegmentedCustomer {
  return { ...row, frequency: Number(row.frequency) } as unknown as SegmentedCustomer;
}
