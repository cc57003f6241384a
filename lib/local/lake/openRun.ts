import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ObjectStore } from "../../ports.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../duckdb/index.ts";
import { findManifest } from "../serve/publishedRuns.ts";
import { openFolderStore } from "./folderStore.ts";
import { whenLakeIsFree } from "./lakeLock.ts";
import { NoLakeError } from "./lakeQueries.ts";

/** How long to wait for a run that is going on, in milliseconds. */
const WAIT_MS = 10_000;

/** A published run in the folder of its lake. */
export interface OpenedRun {
  readonly lakeDirectory: string;
  readonly store: ObjectStore;
  readonly manifest: RunManifest;
}

/**
 * A run of a lake, the current one without an id; nothing is locked.
 * @throws NoLakeError in a folder without runs, UnknownNameError for another run id.
 */
export async function openRun(directory: string, runId?: string): Promise<OpenedRun> {
  const lakeDirectory = resolve(directory);
  if (!existsSync(lakeDirectory)) throw new NoLakeError(directory);
  const store = openFolderStore(lakeDirectory);
  const manifest = await findManifest(store, runId);
  if (manifest === undefined) throw new NoLakeError(directory);
  return { lakeDirectory, store, manifest };
}

/**
 * Asks the engine of a lake for what no run has worked out: what the statements write under the prefix is gone
 * afterwards.
 * @throws LakeBusyError while a run is going on.
 */
export async function askLake<T>(
  lakeDirectory: string,
  prefix: string,
  work: (engine: DuckDbEngine) => Promise<T>,
): Promise<T> {
  const open = () => openDuckDbEngine({ lakeDirectory, threads: 2, tempDirectory: join(lakeDirectory, ".tmp") });
  const engine = await whenLakeIsFree(open, WAIT_MS);
  try {
    return await work(engine);
  } finally {
    engine.close();
    await rm(join(lakeDirectory, prefix), { recursive: true, force: true });
  }
}
