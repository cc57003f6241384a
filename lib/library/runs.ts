import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { openDuckDbEngine } from "../local/duckdb/index.ts";
import { openFolderStore } from "../local/lake/folderStore.ts";
import { healPublication } from "../local/lake/healPublication.ts";
import { whenLakeIsFree } from "../local/lake/lakeLock.ts";
import { NoLakeError } from "../local/lake/lakeQueries.ts";
import { databaseDirectory, openSegmentDatabase } from "../local/postgres/lakeDatabase.ts";
import type { PublishedRun, SegmentDatabase } from "../ports.ts";
import type { RunManifest } from "../workflow/documents.ts";
import { readJson } from "../workflow/lake/json.ts";
import { manifestKey } from "../workflow/lake/layout.ts";
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

/** Makes an earlier run the current one again. @throws NoLakeError, LakeBusyError, UnknownRunError. */
export async function publishAgain(place: DatabasePlace, runId: string): Promise<void> {
  await withDatabase(place, (database) => database.republish(runId));
  const store = openFolderStore(resolve(place.lake));
  // Readers of the lake's files see the run too, where the lake holds it.
  if ((await store.head(manifestKey(runId))) === undefined) return;
  await showAgain(store, await readJson<RunManifest>(store, manifestKey(runId)));
}

/** The lake's own database is opened under the lake's lock: a run that starts meanwhile waits instead of failing late. */
async function withDatabase<T>(place: DatabasePlace, use: (database: SegmentDatabase) => Promise<T>): Promise<T> {
  const { databaseUrl, waitMs = WAIT_MS } = place;
  const lakeDirectory = resolve(place.lake);
  if (databaseUrl === undefined && !existsSync(databaseDirectory(lakeDirectory))) throw new NoLakeError(place.lake);
  const open = () => openDuckDbEngine({ lakeDirectory, threads: 1, tempDirectory: join(lakeDirectory, ".tmp") });
  const lock = databaseUrl === undefined ? await whenLakeIsFree(open, waitMs) : undefined;
  const database = await openSegmentDatabase(lakeDirectory, databaseUrl);
  try {
    await database.migrate();
    await healPublication(openFolderStore(lakeDirectory), database);
    return await use(database);
  } finally {
    await database.close();
    lock?.close();
  }
}
