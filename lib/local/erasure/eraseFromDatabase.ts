import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { ObjectStore, PublishedRun, SegmentDatabase } from "../../ports.ts";
import { eraseRows } from "../../postgres/eraseCustomer.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { summaryOf } from "../../workflow/erasure/summaryOf.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { curatedPrefix, manifestKey } from "../../workflow/lake/layout.ts";
import { countRows } from "../../workflow/lake/parquet.ts";
import { segmentsCsvPrefix } from "../../workflow/lake/segmentsCsv.ts";
import { movementsCsvPrefix } from "../../workflow/report/customerMovements.ts";
import { databaseDirectory } from "../postgres/lakeDatabase.ts";
import { openPgDatabase } from "../postgres/pgDatabase.ts";
import { openPgliteDatabase } from "../postgres/pgliteDatabase.ts";

/** Runs that a database has after an erasure, and those that it could not be given again. */
export interface DatabaseErasure {
  readonly runs: readonly string[];
  readonly lostRuns: readonly string[];
}

/**
 * Makes the lake's own database anew from the runs in the lake, which are without the customer already: rows deleted would
 * stay in its pages and its log. Publication times become those of now.
 */
export async function rebuildDatabase(store: ObjectStore, lakeDirectory: string): Promise<DatabaseErasure> {
  const directory = databaseDirectory(lakeDirectory);
  if (!existsSync(directory)) return { runs: [], lostRuns: [] };
  const before = openPgliteDatabase(directory);
  let runs: PublishedRun[];
  try {
    await before.migrate();
    runs = await before.runs();
  } finally {
    await before.close();
  }
  await rm(directory, { recursive: true });
  const database = openPgliteDatabase(directory);
  const lostRuns: string[] = [];
  try {
    await database.migrate();
    for (const run of runs.toReversed()) if (!(await load(database, store, run))) lostRuns.push(run.runId);
    const current = runs.find(({ isCurrent }) => isCurrent)?.runId;
    if (current !== undefined && !lostRuns.includes(current)) await database.republish(current);
  } finally {
    await database.close();
  }
  return { runs: runs.map(({ runId }) => runId).filter((runId) => !lostRuns.includes(runId)), lostRuns };
}

/** Loads and publishes a run as the lake has it; false when the lake has not. */
async function load(database: SegmentDatabase, store: ObjectStore, run: PublishedRun): Promise<boolean> {
  if ((await store.head(manifestKey(run.runId))) === undefined) return false;
  const manifest = await readJson<RunManifest>(store, manifestKey(run.runId));
  const prefix = curatedPrefix(manifest.runId, manifest.attempt);
  const parts = await store.list(segmentsCsvPrefix(prefix));
  if (parts.length === 0 || (await store.head(manifest.summaryKey)) === undefined) return false;
  const counts = await countRows(store, `${prefix}segments/`);
  const customers = counts.reduce((sum, { rows }) => sum + rows, 0);
  const summary = new TextDecoder().decode(await store.read(manifest.summaryKey));
  const { runId, modelVersion, snapshotDate, createdAt } = manifest;
  await database.stageRun({ runId, modelVersion, snapshotDate, createdAt, customers, summary });
  for (const { key } of parts) await database.loadPart(runId, store, key);
  for (const { key } of await store.list(movementsCsvPrefix(prefix)))
    await database.loadPart(runId, store, key, "movements");
  await database.publish(runId, customers);
  return true;
}

/**
 * Deletes the customer from a PostgreSQL server, and writes its tables anew. What its log and its backups hold is up to who
 * runs it.
 */
export async function eraseFromServer(url: string, store: ObjectStore, customerId: string): Promise<DatabaseErasure> {
  const database = await openPgDatabase(url);
  try {
    await database.migrate();
    const runs = await eraseRows(database, customerId, (runId) => summaryOf(store, runId));
    for (const table of ["segments", "movements", "loads"]) await database.query(`vacuum full rfm.${table}`);
    return { runs, lostRuns: [] };
  } finally {
    await database.close();
  }
}
