import { accessSync, constants, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { Piscina } from "piscina";
import { SegmentationError } from "../../domain/errors.ts";
import type { SegmentDatabase } from "../../ports.ts";
import { refuseIncompleteLake } from "../doctor/missingPieces.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../duckdb/index.ts";
import { whenLakeIsFree } from "../lake/lakeLock.ts";
import { databaseDirectory } from "../lake/lakePaths.ts";
import { restoreReplaced } from "../postgres/buildDatabase.ts";
import { openPgDatabase } from "../postgres/pgDatabase.ts";
import { openPgliteDatabase } from "../postgres/pgliteDatabase.ts";
import { refuseAborted } from "./abortable.ts";
import { checkFiles } from "./deliveryFiles.ts";
import { executeRun, type RunResources } from "./executeRun.ts";
import { lazily } from "./lazily.ts";
import type { DropRunRequest, LocalLakeOptions, LocalRunRequest, LocalRunResult } from "./runRequest.ts";

/**
 * A lake that this process has open, with its engine, database and worker threads, for any number of runs after one
 * another.
 */
export interface LocalLake {
  readonly engine: DuckDbEngine;
  readonly database: SegmentDatabase;
  /** @throws SegmentationError with what went wrong; the lake then shows what it showed before. */
  run(request: DropRunRequest): Promise<LocalRunResult>;
  close(): Promise<void>;
}

/**
 * Runs the segmentation machine on this computer: the same definition, SQL and steps as on AWS.
 * @throws SegmentationError with what went wrong; the lake then shows what it showed before.
 */
export async function runLocally(request: LocalRunRequest): Promise<LocalRunResult> {
  // Before the lake is made: a mistyped name leaves nothing behind.
  await checkFiles(request.files);
  const lake = await openLocalLake(request);
  try {
    return await lake.run(request);
  } finally {
    await lake.close();
  }
}

/** The lake cannot be where it is asked for: nothing may be written there. Nothing was changed. */
export class LakeFolderError extends SegmentationError {
  constructor(directory: string, cause: Error & { readonly code?: string | undefined }) {
    const reasons: Record<string, string> = {
      EACCES: "you may not write there",
      EPERM: "you may not write there",
      EROFS: "the file system is read-only",
      ENOTDIR: "a part of the path is a file",
      EEXIST: "there is a file of that name",
      ENOSPC: "the disk is full",
    };
    const reason = reasons[cause.code ?? ""] ?? cause.message;
    const message = `The lake ${directory} cannot be written: ${reason}. Name another folder with --lake.`;
    super("LAKE_FOLDER", message, { directory }, { cause });
  }
}

function makeLakeFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw new LakeFolderError(directory, error as NodeJS.ErrnoException);
  }
}

/**
 * Opens a lake, made where there is none.
 * @throws LakeFolderError; LakeBusyError when another process has it open all the time; LakeIncompleteError.
 */
export async function openLocalLake(options: LocalLakeOptions): Promise<LocalLake> {
  const lakeDirectory = resolve(options.lakeDirectory);
  refuseIncompleteLake(lakeDirectory);
  makeLakeFolder(lakeDirectory);
  const threads = options.threads ?? availableParallelism();
  const engine = await whenLakeIsFree(
    () => openDuckDbEngine({ lakeDirectory, threads, tempDirectory: join(lakeDirectory, ".tmp") }),
    options.waitMs ?? 0,
    options.onWait,
    options.signal,
  ).catch((error: unknown) => {
    refuseAborted(options.signal);
    throw error;
  });
  await restoreReplaced(lakeDirectory);
  const filename = new URL("./shardWorker.ts", import.meta.url).href;
  // A thread that scores is one that fitted: starting another costs more than most shards.
  const pool = lazily(() => new Piscina({ filename, minThreads: 1, maxThreads: threads, idleTimeout: 60_000 }));
  const { databaseUrl } = options;
  let server: SegmentDatabase | undefined;
  try {
    // A server that cannot be reached is told before any work.
    server = databaseUrl === undefined ? undefined : await openPgDatabase(databaseUrl);
  } catch (error) {
    engine.close();
    throw error;
  }
  const database = lazily(() => server ?? openPgliteDatabase(databaseDirectory(lakeDirectory)));
  const resources: RunResources = { lakeDirectory, threads, engine, pool, database };
  return {
    engine,
    get database() {
      return database.get();
    },
    run: (request) => executeRun(request, resources),
    close: async () => {
      await (server ?? database.made())?.close();
      await pool.made()?.destroy();
      engine.close();
    },
  };
}
