import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { SegmentationError } from "../../domain/errors.ts";
import type { ObjectStore, PartContent, PublishedRun, SegmentDatabase } from "../../ports.ts";
import type { PostgresSegmentDatabase } from "../../postgres/segmentDatabase.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { curatedPrefix, manifestKey } from "../../workflow/lake/layout.ts";
import { segmentsCsvPrefix } from "../../workflow/lake/segmentsCsv.ts";
import { readAliases } from "../../workflow/models/aliases.ts";
import { movementsCsvPrefix } from "../../workflow/report/customerMovements.ts";
import { databaseDirectory } from "../lake/lakePaths.ts";
import { runManifests } from "../serve/publishedRuns.ts";
import { openPgliteDatabase } from "./pgliteDatabase.ts";
import { rowsInDatabase, rowsOfParts } from "./runRows.ts";

/** As many as a database keeps. */
const KEEP_RUNS = 12;

/** A new database is not what the lake says. */
class DatabaseRebuildError extends SegmentationError {
  constructor(runId: string, difference: string) {
    super(
      "DATABASE_REBUILD",
      `The new database does not have run ${runId} as the lake has it: ${difference}. What was there before was kept; run the same command again.`,
      { runId },
    );
  }
}

/** Runs that a database has been given, and those of which the lake lacks the files. */
export interface DatabaseBuild {
  readonly runs: readonly string[];
  readonly lostRuns: readonly string[];
}

type KnownRun = Pick<PublishedRun, "runId" | "isCurrent">;

/** A database is built under the first name; the second is the old one's for the moment between two renames. */
const besideOf = (directory: string) => ({ building: `${directory}.building`, replaced: `${directory}.replaced` });

/**
 * Makes the lake's own database anew from the runs in the lake. It is built beside the old one, which goes when the new
 * one has every run that the lake holds, row by row; without an old one the manifests say which runs. Publication times
 * become those of now.
 * @throws DatabaseRebuildError, and what the database throws; the old one then is as it was.
 */
export async function rebuildDatabase(store: ObjectStore, lakeDirectory: string): Promise<DatabaseBuild> {
  const directory = databaseDirectory(lakeDirectory);
  const { building, replaced } = besideOf(directory);
  await restoreReplaced(lakeDirectory);
  for (const left of [building, replaced]) await rm(left, { recursive: true, force: true });
  const runs = existsSync(directory) ? await runsIn(directory) : await runsOfManifests(store);
  if (runs.length === 0 && !existsSync(directory)) return { runs: [], lostRuns: [] };
  const lostRuns = await build(building, store, runs);
  if (existsSync(directory)) await rename(directory, replaced);
  await rename(building, directory);
  await rm(replaced, { recursive: true, force: true });
  return { runs: runs.map(({ runId }) => runId).filter((runId) => !lostRuns.includes(runId)), lostRuns };
}

/** Puts the old database back where a kill came between the two renames. */
export async function restoreReplaced(lakeDirectory: string): Promise<void> {
  const directory = databaseDirectory(lakeDirectory);
  const { replaced } = besideOf(directory);
  if (!existsSync(directory) && existsSync(replaced)) await rename(replaced, directory);
}

/** @returns how many runs a missing database was built with; 0 where it is there. */
export async function buildWhereMissing(store: ObjectStore, lakeDirectory: string): Promise<number> {
  await restoreReplaced(lakeDirectory);
  if (existsSync(databaseDirectory(lakeDirectory))) return 0;
  return (await rebuildDatabase(store, lakeDirectory)).runs.length;
}

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
  const latest = (await runManifests(store)).slice(0, KEEP_RUNS);
  const { run = latest[0]?.runId } = await readAliases(store);
  return latest.map(({ runId }) => ({ runId, isCurrent: runId === run }));
}

/** Loads the runs into a new database and looks whether it has them. @returns those that the lake lacks. */
async function build(directory: string, store: ObjectStore, runs: readonly KnownRun[]): Promise<string[]> {
  const database = openPgliteDatabase(directory);
  const lostRuns: string[] = [];
  try {
    await database.migrate();
    for (const { runId } of runs.toReversed()) if (!(await loadRun(database, store, runId))) lostRuns.push(runId);
    const current = runs.find(({ isCurrent }) => isCurrent)?.runId;
    if (current !== undefined && !lostRuns.includes(current)) await database.republish(current);
    const built = new Map((await database.runs()).map((run) => [run.runId, run]));
    for (const { runId, isCurrent } of runs) {
      if (lostRuns.includes(runId)) continue;
      const run = built.get(runId);
      if (run === undefined) throw new DatabaseRebuildError(runId, "it is not there");
      if (isCurrent && !run.isCurrent) throw new DatabaseRebuildError(runId, "it is not the current one");
      for (const content of ["segments", "movements"] as const) await compare(database, store, runId, content);
    }
    return lostRuns;
  } finally {
    await database.close();
  }
}

/** @throws DatabaseRebuildError where the rows of a run are others than those of its files. */
async function compare(
  database: PostgresSegmentDatabase,
  store: ObjectStore,
  runId: string,
  content: PartContent,
): Promise<void> {
  const wanted = await rowsOfParts(
    store,
    await partsOf(store, await readJson<RunManifest>(store, manifestKey(runId)), content),
    content,
  );
  const found = await rowsInDatabase(database, runId, content);
  if (found.rows !== wanted.rows)
    throw new DatabaseRebuildError(runId, `${found.rows} rows of ${content} instead of ${wanted.rows}`);
  if (found.digest !== wanted.digest) throw new DatabaseRebuildError(runId, `other rows of ${content}`);
}

async function partsOf(store: ObjectStore, { runId, attempt }: RunManifest, content: PartContent): Promise<string[]> {
  const prefixOf = content === "segments" ? segmentsCsvPrefix : movementsCsvPrefix;
  return (await store.list(prefixOf(curatedPrefix(runId, attempt)))).map(({ key }) => key);
}

/** Loads and publishes a run as the lake has it; false when the lake has not. */
export async function loadRun(database: SegmentDatabase, store: ObjectStore, runOfLake: string): Promise<boolean> {
  if ((await store.head(manifestKey(runOfLake))) === undefined) return false;
  const manifest = await readJson<RunManifest>(store, manifestKey(runOfLake));
  const parts = await partsOf(store, manifest, "segments");
  if (parts.length === 0 || (await store.head(manifest.summaryKey)) === undefined) return false;
  // Of the very files that are loaded: the Parquet beside them may lack rows that an erasure has cut short.
  const { rows: customers } = await rowsOfParts(store, parts, "segments");
  const summary = new TextDecoder().decode(await store.read(manifest.summaryKey));
  const { runId, modelVersion, snapshotDate, createdAt } = manifest;
  await database.stageRun({ runId, modelVersion, snapshotDate, createdAt, customers, summary });
  for (const key of parts) await database.loadPart(runId, store, key);
  for (const key of await partsOf(store, manifest, "movements"))
    await database.loadPart(runId, store, key, "movements");
  await database.publish(runId, customers);
  return true;
}
