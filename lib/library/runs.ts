import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { keepAliases } from "../local/doctor/inventory.ts";
import { refuseIncompleteLake } from "../local/doctor/missingPieces.ts";
import { openDuckDbEngine } from "../local/duckdb/index.ts";
import { openFolderStore } from "../local/lake/folderStore.ts";
import { healPublication } from "../local/lake/healPublication.ts";
import { whenLakeIsFree } from "../local/lake/lakeLock.ts";
import { databaseDirectory } from "../local/lake/lakePaths.ts";
import { NoLakeError } from "../local/lake/lakeQueries.ts";
import { buildWhereMissing, loadRun } from "../local/postgres/buildDatabase.ts";
import { openSegmentDatabase } from "../local/postgres/lakeDatabase.ts";
import { findManifest, runManifests } from "../local/serve/publishedRuns.ts";
import type { PublishedRun, SegmentDatabase } from "../ports.ts";
import type { RunManifest } from "../workflow/documents.ts";
import { manifestKey } from "../workflow/lake/layout.ts";
import { readIfThere } from "../workflow/models/reference.ts";
import { showAgain } from "../workflow/models/shownRun.ts";

export interface DatabasePlace {
  readonly lake: string;
  /** A PostgreSQL server; without it the embedded one in the lake. */
  readonly databaseUrl?: string;
  /** How long to wait for a run that is going on, in milliseconds. Default 10,000. */
  readonly waitMs?: number;
}

const WAIT_MS = 10_000;

/** The runs that the database holds; one of them is the current one. @throws NoLakeError, LakeBusyError. */
export const readRuns = (place: DatabasePlace): Promise<PublishedRun[]> =>
  withDatabase(place, (database) => database.runs());

/** What `publishAgain` did. */
export interface PublishedAgain {
  readonly runId: string;
  /** Runs with which a missing database was built; 0 where it was there. */
  readonly builtRuns: number;
}

/**
 * Makes an earlier run the current one again; without an id, the one that readers see. A run that the database keeps no
 * more is loaded from the lake. @throws NoLakeError, LakeBusyError, UnknownNameError, UnknownRunError.
 */
export async function publishAgain(place: DatabasePlace, given?: string): Promise<PublishedAgain> {
  const store = openFolderStore(resolve(place.lake));
  return withDatabase(place, async (database, builtRuns) => {
    const isIn = (await database.runs()).some((run) => run.runId === given);
    const manifest = isIn ? undefined : await findManifest(store, given);
    const runId = given ?? manifest?.runId;
    if (runId === undefined) throw new NoLakeError(place.lake);
    if (!(await database.runs()).some((run) => run.runId === runId)) await loadRun(database, store, runId);
    // The pointer first: if a kill comes in between, the database tells that it has not followed, and readers see what
    // they saw.
    const shown = await readIfThere<RunManifest>(store, manifestKey(runId));
    if (shown !== undefined) await showAgain(store, shown);
    await database.republish(runId);
    await keepAliases(store);
    return { runId, builtRuns };
  });
}

/**
 * The lake's own database is opened under the lake's lock: a run that starts meanwhile waits instead of failing late.
 * One that is missing is built from the runs in the lake first.
 */
async function withDatabase<T>(
  place: DatabasePlace,
  use: (database: SegmentDatabase, builtRuns: number) => Promise<T>,
): Promise<T> {
  const { databaseUrl, waitMs = WAIT_MS } = place;
  const lakeDirectory = resolve(place.lake);
  const store = openFolderStore(lakeDirectory);
  const isOwn = databaseUrl === undefined;
  // A database that is missing is built below.
  refuseIncompleteLake(lakeDirectory, { except: ["database"] });
  const isThere = existsSync(databaseDirectory(lakeDirectory));
  if (isOwn && !isThere && (await runManifests(store)).length === 0) throw new NoLakeError(place.lake);
  const open = () => openDuckDbEngine({ lakeDirectory, threads: 1, tempDirectory: join(lakeDirectory, ".tmp") });
  const lock = isOwn ? await whenLakeIsFree(open, waitMs) : undefined;
  try {
    const builtRuns = isOwn ? await buildWhereMissing(store, lakeDirectory) : 0;
    const database = await openSegmentDatabase(lakeDirectory, databaseUrl);
    try {
      await database.migrate();
      await healPublication(store, database);
      return await use(database, builtRuns);
    } finally {
      await database.close();
    }
  } finally {
    lock?.close();
  }
}
