import { existsSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { type CustomerRow, customerOf, type RunFacts, type SegmentReader } from "../api/segmentReader.ts";
import type { Summary } from "../domain/summary.ts";
import type { ObjectStore } from "../ports.ts";
import { readAliases } from "../workflow/aliases.ts";
import { readJson } from "../workflow/json.ts";
import { curatedPrefix, manifestKey, RUNS_PREFIX } from "../workflow/layout.ts";
import type { RunManifest } from "../workflow/steps/publishRun.ts";
import { quoteLiteral } from "./duckdb/translate.ts";

/** Runs whose segments one question may look through. */
const HISTORY_RUNS = 12;
const RUN_ID = /^[\w.-]{1,128}$/;

const CUSTOMER = `select customer_id, recency_days as recency, frequency, cast(monetary as varchar) as monetary, r_score, f_score, m_score,
  rfm_segment as segment, cluster_id as cluster, cluster_label as label, distance, cast(first_purchase as varchar) as first_purchase,
  cast(last_purchase as varchar) as last_purchase, cast(snapshot_date as varchar) as snapshot_date, model_version`;

/**
 * Published segments of a lake's folder, read from the runs' Parquet. Nothing is locked: a run may go on meanwhile, for its files only
 * count once its manifest and the aliases name them, and they never change afterwards.
 */
export async function openLakeSegments(store: ObjectStore, lakeDirectory: string): Promise<SegmentReader> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const select = async (manifest: RunManifest, where: string, values: DuckDBValue[]): Promise<CustomerRow[]> => {
    const prefix = `${curatedPrefix(manifest.runId, manifest.attempt)}segments/`;
    if (!existsSync(join(lakeDirectory, prefix))) return [];
    const files = quoteLiteral(join(lakeDirectory, prefix, "*.parquet"));
    const connection = await instance.connect();
    try {
      const sql = `${CUSTOMER} from read_parquet(${files}, hive_partitioning = false) ${where}`;
      const rows = (await connection.runAndReadAll(sql, values)).getRowObjectsJson();
      return rows.map((row) => ({ ...row, run_id: manifest.runId })) as unknown as CustomerRow[];
    } finally {
      connection.closeSync();
    }
  };
  const manifestOf = async (runId: string): Promise<RunManifest | undefined> => {
    const isThere = RUN_ID.test(runId) && (await store.head(manifestKey(runId))) !== undefined;
    return isThere ? readJson<RunManifest>(store, manifestKey(runId)) : undefined;
  };
  return {
    currentRun: async () => currentOf(await manifests(store), (await readAliases(store)).run)?.facts,
    async runs() {
      const all = await manifests(store);
      const current = currentOf(all, (await readAliases(store)).run);
      return all.map((run) => ({ ...run.facts, is_current: run === current }));
    },
    async summary(runId) {
      const manifest = await manifestOf(runId);
      return manifest === undefined ? undefined : readJson<Summary>(store, manifest.summaryKey);
    },
    async customers(runId, ids) {
      const manifest = await manifestOf(runId);
      if (manifest === undefined) return [];
      const places = ids.map((_, i) => `$${i + 1}`).join(", ");
      const rows = await select(manifest, `where customer_id in (${places}) order by customer_id`, [...ids]);
      return rows.map(customerOf);
    },
    async history(id) {
      const newest = (await manifests(store)).slice(0, HISTORY_RUNS);
      const rows = await Promise.all(newest.map(({ manifest }) => select(manifest, "where customer_id = $1", [id])));
      return rows.flat().map(customerOf).sort(bySnapshot);
    },
    async page({ runId, segment, after, limit }) {
      const manifest = await manifestOf(runId);
      if (manifest === undefined) return undefined;
      const where = "where rfm_segment = $1 and ($2 is null or customer_id > $2) order by customer_id limit $3";
      return (await select(manifest, where, [segment, after, limit])).map(customerOf);
    },
    close: async () => instance.closeSync(),
  };
}

interface KnownRun {
  readonly manifest: RunManifest;
  readonly facts: RunFacts;
}

/** Runs of the lake, the latest planned first. */
async function manifests(store: ObjectStore): Promise<KnownRun[]> {
  const objects = await store.list(RUNS_PREFIX);
  const all = await Promise.all(objects.map(({ key }) => readJson<RunManifest>(store, key)));
  return all
    .map((manifest) => ({ manifest, facts: factsOf(manifest) }))
    .sort((a, b) => (a.facts.created_at < b.facts.created_at ? 1 : -1));
}

function factsOf({ runId, modelVersion, snapshotDate, createdAt, customers }: RunManifest): RunFacts {
  return { run_id: runId, model_version: modelVersion, snapshot_date: snapshotDate, created_at: createdAt, customers };
}

/** The run that the aliases name; in a lake whose aliases name none, the latest. */
function currentOf(runs: readonly KnownRun[], named: string | undefined): KnownRun | undefined {
  return runs.find((run) => run.manifest.runId === named) ?? runs[0];
}

function bySnapshot(
  a: { snapshot_date: string; run_id: string },
  b: { snapshot_date: string; run_id: string },
): number {
  if (a.snapshot_date !== b.snapshot_date) return a.snapshot_date < b.snapshot_date ? 1 : -1;
  return a.run_id < b.run_id ? -1 : 1;
}
