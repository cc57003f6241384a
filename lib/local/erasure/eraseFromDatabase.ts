import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { SegmentationError } from "../../domain/errors.ts";
import type { ObjectStore, PublishedRun, SegmentDatabase } from "../../ports.ts";
import { eraseRows } from "../../postgres/eraseCustomer.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { summaryOf } from "../../workflow/erasure/summaryOf.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { curatedPrefix, manifestKey, RUNS_PREFIX } from "../../workflow/lake/layout.ts";
import { segmentsCsvPrefix } from "../../workflow/lake/segmentsCsv.ts";
import { readAliases } from "../../workflow/models/aliases.ts";
import { movementsCsvPrefix } from "../../workflow/report/customerMovements.ts";
import { databaseDirectory } from "../postgres/lakeDatabase.ts";
import { openPgDatabase } from "../postgres/pgDatabase.ts";
import { openPgliteDatabase } from "../postgres/pgliteDatabase.ts";
import { countCsvRecords } from "./csvRows.ts";

/** As many as a database keeps. */
const KEEP_RUNS = 12;

/** A new database lacks runs that the lake has. */
class DatabaseRebuildError extends SegmentationError {
  constructor(missing: readonly string[]) {
    super("DATABASE_REBUILD", `The new database lacks the runs ${missing.join(", ")}; the old one was kept.`, {
      missing,
    });
  }
}

/** Runs that a database has after an erasure, and those that it could not be given again. */
export interface DatabaseErasure {
  readonly runs: readonly string[];
  readonly lostRuns: readonly string[];
}

/** A database is built under the first name; the second is the old one's for the moment between two renames. */
const besideOf = (directory: string) => ({ building: `${directory}.building`, replaced: `${directory}.replaced` });

/**
 * Makes the lake's own database anew from the runs in the lake, which are without the customer already: rows deleted would
 * stay in its pages and its log. It is built beside the old one, which goes when the new one has every run that the lake
 * holds; without an old one, as a kill may leave it, the manifests say which runs. Publication times become those of now.
 * @throws DatabaseRebuildError, and what the database throws; the old one then is as it was.
 */
export async function rebuildDatabase(store: ObjectStore, lakeDirectory: string): Promise<DatabaseErasure> {
  const directory = databaseDirectory(lakeDirectory);
  const { building, replaced } = besideOf(directory);
  if (!existsSync(directory) && existsSync(replaced)) await rename(replaced, directory);
  for (const left of [building, replaced]) await rm(left, { recursive: true, force: true });
  const runs = existsSync(directory) ? await runsIn(directory) : await runsOfManifests(store);
  if (runs.length === 0 && !existsSync(directory)) return { runs: [], lostRuns: [] };
  const lostRuns = await build(building, store, runs);
  if (existsSync(directory)) await rename(directory, replaced);
  await rename(building, directory);
  await rm(replaced, { recursive: true, force: true });
  return { runs: runs.map(({ runId }) => runId).filter((runId) => !lostRuns.includes(runId)), lostRuns };
}

type KnownRun = Pick<PublishedRun, "runId" | "isCurrent">;

async function runsIn(directory: string): Promise<KnownRun[]> {
  const database = openPgliteDatabase(directory);
  try {
    await database.migrate();
    return await database.runs();
  } finally {
    await database.close();
  }
}

/** The latest run first, as a database lists them. */
async function runsOfManifests(store: ObjectStore): Promise<KnownRun[]> {
  const keys = (await store.list(RUNS_PREFIX)).map(({ key }) => key);
  const manifests = await Promise.all(
    keys.filter((key) => key.endsWith(".json")).map((key) => readJson<RunManifest>(store, key)),
  );
  const latest = manifests.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, KEEP_RUNS);
  const { run = latest[0]?.runId } = await readAliases(store);
  return latest.map(({ runId }) => ({ runId, isCurrent: runId === run }));
}

/** Loads the runs into a new database and looks whether it has them. @returns those that the lake lacks. */
async function build(directory: string, store: ObjectStore, runs: readonly KnownRun[]): Promise<string[]> {
  const database = openPgliteDatabase(directory);
  const lostRuns: string[] = [];
  try {
    await database.migrate();
    for (const run of runs.toReversed()) if (!(await load(database, store, run.runId))) lostRuns.push(run.runId);
    const current = runs.find(({ isCurrent }) => isCurrent)?.runId;
    if (current !== undefined && !lostRuns.includes(current)) await database.republish(current);
    const built = new Set((await database.runs()).map(({ runId }) => runId));
    const missing = runs.filter(({ runId }) => !lostRuns.includes(runId) && !built.has(runId));
    if (missing.length > 0) throw new DatabaseRebuildError(missing.map(({ runId }) => runId));
    return lostRuns;
  } finally {
    await database.close();
  }
}

/** Loads and publishes a run as the lake has it; false when the lake has not. */
async function load(database: SegmentDatabase, store: ObjectStore, runOfLake: string): Promise<boolean> {
  if ((await store.head(manifestKey(runOfLake))) === undefined) return false;
  const manifest = await readJson<RunManifest>(store, manifestKey(runOfLake));
  const prefix = curatedPrefix(manifest.runId, manifest.attempt);
  const parts = await store.list(segmentsCsvPrefix(prefix));
  if (parts.length === 0 || (await store.head(manifest.summaryKey)) === undefined) return false;
  // Of the very files that are loaded: the Parquet beside them may lack rows that an erasure has cut short.
  let customers = 0;
  // A folder's files are where they are.
  for (const { key } of parts) customers += await countCsvRecords(await store.toLocalFile(key, ""));
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
