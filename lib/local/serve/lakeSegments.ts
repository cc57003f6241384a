import { existsSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { bySnapshot, latestManifests, manifestOf, runReader } from "../../api/segments/publishedRuns.ts";
import { type CustomerRow, customerOf, type SegmentReader } from "../../api/segments/segmentReader.ts";
import type { ObjectStore } from "../../ports.ts";
import { selectList, wholeRelation } from "../../tables/rows.ts";
import { SEGMENTS } from "../../tables/segments.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { curatedPrefix } from "../../workflow/lake/layout.ts";
import { quoteLiteral } from "../duckdb/translate.ts";

/**
 * Published segments of a lake's folder, read from the runs' Parquet. Nothing is locked: a run may go on meanwhile, for
 * its files only count once its manifest and the aliases name them, and they never change afterwards.
 */
export async function openLakeSegments(store: ObjectStore, lakeDirectory: string): Promise<SegmentReader> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const select = async (manifest: RunManifest, where: string, values: DuckDBValue[]): Promise<CustomerRow[]> => {
    const prefix = `${curatedPrefix(manifest.runId, manifest.attempt)}segments/`;
    if (!existsSync(join(lakeDirectory, prefix))) return [];
    const files = quoteLiteral(join(lakeDirectory, prefix, "*.parquet"));
    const connection = await instance.connect();
    try {
      const relation = wholeRelation(`read_parquet(${files}, hive_partitioning = false)`, SEGMENTS.columns);
      const sql = `select ${selectList(SEGMENTS.columns)} from ${relation} ${where}`;
      const rows = (await connection.runAndReadAll(sql, values)).getRowObjectsJson();
      return rows.map((row) => ({ ...row, run_id: manifest.runId })) as unknown as CustomerRow[];
    } finally {
      connection.closeSync();
    }
  };
  return {
    ...runReader(store),
    async customers(runId, ids) {
      const manifest = await manifestOf(store, runId);
      if (manifest === undefined) return [];
      const places = ids.map((_, i) => `$${i + 1}`).join(", ");
      const rows = await select(manifest, `where customer_id in (${places}) order by customer_id`, [...ids]);
      return rows.map(customerOf);
    },
    async history(id) {
      const manifests = await latestManifests(store);
      const rows = await Promise.all(manifests.map((manifest) => select(manifest, "where customer_id = $1", [id])));
      return rows.flat().map(customerOf).sort(bySnapshot);
    },
    async page({ runId, segment, after, limit }) {
      const manifest = await manifestOf(store, runId);
      if (manifest === undefined) return undefined;
      const where = "where rfm_segment = $1 and ($2 is null or customer_id > $2) order by customer_id limit $3";
      return (await select(manifest, where, [segment, after, limit])).map(customerOf);
    },
    close: async () => instance.closeSync(),
  };
}
