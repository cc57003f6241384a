import { randomBytes } from "node:crypto";
import { constants, mkdirSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import { Piscina } from "piscina";
import type { Config } from "../domain/config.ts";
import { SegmentationError } from "../domain/errors.ts";
import type { Summary } from "../domain/summary.ts";
import { createTransactionReader } from "../ingest/reader.ts";
import type { Clock, ObjectStore, SegmentDatabase } from "../ports.ts";
import { readJson, writeJson } from "../workflow/json.ts";
import { configKey, INCOMING_PREFIX } from "../workflow/layout.ts";
import type { DroppedObject, ExecutionInput } from "../workflow/steps/state.ts";
import { codeVersion } from "./codeVersion.ts";
import { type DuckDbEngine, openDuckDbEngine } from "./duckdb/index.ts";
import { openFolderStore } from "./folderStore.ts";
import { DropRefusedError, type LocalPorts, segmentationHandlers } from "./handlers.ts";
import { whenLakeIsFree } from "./lakeLock.ts";
import { loadMachine, type MachineEvent, runMachine, type TaskHandlers } from "./machine.ts";
import { openSegmentDatabase } from "./segmentDatabase.ts";

const MACHINE_FILE = new URL("../workflow/segmentation.asl.json", import.meta.url);

export interface LocalRunRequest {
  readonly lakeDirectory: string;
  /** Files to drop; none to segment the history as it is. */
  readonly files: readonly string[];
  readonly config: Config;
  /** A PostgreSQL to load; PGlite in the lake without it. */
  readonly databaseUrl?: string;
  /** How long to wait for another run on the same lake, in milliseconds. */
  readonly waitMs?: number;
  readonly onEvent?: (event: MachineEvent) => void;
  readonly onWait?: (reason: string) => void;
  /** Wraps ports and handlers, for tests that break them. */
  readonly intercept?: {
    readonly ports?: (ports: LocalPorts) => LocalPorts;
    readonly handlers?: (handlers: TaskHandlers) => TaskHandlers;
  };
  readonly clock?: Clock;
  readonly threads?: number;
}

export interface LocalRunResult {
  readonly attempt: string;
  readonly summary: Summary;
  readonly store: ObjectStore;
}

/** Two dropped files would be one source. */
export class SameSourceError extends SegmentationError {
  constructor(source: string) {
    super(
      "SAME_SOURCE",
      `Two of the files are both called "${source}"; a source is known by its file name, so rename one of them.`,
      { source },
    );
  }
}

/** A file that cannot be dropped: missing, a folder, or not readable. */
export class DropFileError extends SegmentationError {
  constructor(file: string, cause: NodeJS.ErrnoException) {
    const reasons: Record<string, string> = {
      ENOENT: "does not exist",
      EACCES: "may not be read",
      EISDIR: "is a folder, not a file",
    };
    super(
      "DROP_FILE",
      `${file} ${reasons[cause.code ?? ""] ?? `cannot be read: ${cause.message}`}.`,
      { file },
      { cause },
    );
  }
}

/**
 * Runs the segmentation machine on this computer: the same definition, SQL and steps as on AWS.
 * @throws SegmentationError with what went wrong; the lake then shows what it showed before.
 */
export async function runLocally(request: LocalRunRequest): Promise<LocalRunResult> {
  const lakeDirectory = resolve(request.lakeDirectory);
  mkdirSync(lakeDirectory, { recursive: true });
  const threads = request.threads ?? availableParallelism();
  const engine = await whenLakeIsFree(
    () => openDuckDbEngine({ lakeDirectory, threads, tempDirectory: join(lakeDirectory, ".tmp") }),
    request.waitMs ?? 0,
    request.onWait,
  );
  // Both start now and are needed late: their start overlaps with the SQL.
  const pool = new Piscina({
    filename: new URL("./shardWorker.ts", import.meta.url).href,
    minThreads: 1,
    maxThreads: threads,
  });
  let database: SegmentDatabase | undefined;
  try {
    database = await openSegmentDatabase(lakeDirectory, request.databaseUrl);
    return await execute(request, { lakeDirectory, threads, engine, pool, database });
  } finally {
    await database?.close();
    await pool.destroy();
    engine.close();
  }
}

interface Resources {
  readonly lakeDirectory: string;
  readonly threads: number;
  readonly engine: DuckDbEngine;
  readonly pool: Piscina;
  readonly database: SegmentDatabase;
}

async function execute(request: LocalRunRequest, resources: Resources): Promise<LocalRunResult> {
  const { lakeDirectory, threads, engine, pool, database } = resources;
  const store = openFolderStore(lakeDirectory);
  const clock = request.clock ?? { now: () => new Date() };
  const attempt = attemptName(clock.now());
  const ports: LocalPorts = {
    store,
    clock,
    codeVersion: codeVersion(),
    reader: createTransactionReader({ threads }),
    sql: engine,
    database,
    mapConcurrency: threads,
    runShard: (task, input) => pool.run({ task, lakeDirectory, input }),
  };
  const input: ExecutionInput = {
    attempt,
    configKey: configKey(attempt),
    drop: { objects: await dropFiles(store, lakeDirectory, request.files) },
  };
  await writeJson(store, configKey(attempt), request.config);
  const handlers = segmentationHandlers(request.intercept?.ports?.(ports) ?? ports);
  await runAndExplain(request.intercept?.handlers?.(handlers) ?? handlers, input, request);
  await store.remove(input.drop.objects.map((object) => object.key));
  const run = await readJson<{ run: { runId: string } }>(store, `attempts/attempt=${attempt}/run.json`);
  const summary = await readJson<Summary>(store, `reports/run_id=${run.run.runId}/summary.json`);
  return { attempt, summary, store };
}

/** Runs the machine; on failure throws the step's own error in place of the engine's wording of it. */
async function runAndExplain(handlers: TaskHandlers, input: ExecutionInput, request: LocalRunRequest): Promise<void> {
  let firstError: unknown;
  const watched = Object.entries(handlers).map(([state, handler]) => [
    state,
    async (taskInput: never) => {
      try {
        return await handler(taskInput);
      } catch (error) {
        firstError ??= error;
        throw error;
      }
    },
  ]);
  try {
    await runMachine(loadMachine(MACHINE_FILE), Object.fromEntries(watched), input, {
      executionName: input.attempt,
      ...(request.onEvent === undefined ? {} : { onEvent: request.onEvent }),
    });
  } catch (error) {
    if (firstError !== undefined) throw firstError;
    if ((error as Error).name === "DropRefusedError" || /DropRefusedError/.test(String(error)))
      throw new DropRefusedError((error as Error).message);
    throw error;
  }
}

/** Puts files into incoming/ under the name by which their source is known: the file name without .gz or .zst. */
async function dropFiles(
  store: ObjectStore,
  lakeDirectory: string,
  files: readonly string[],
): Promise<DroppedObject[]> {
  const objects: DroppedObject[] = [];
  for (const file of files) {
    const name = basename(file);
    const source = name.replace(/\.(gz|zst)$/i, "");
    if (objects.some((object) => object.source === source)) throw new SameSourceError(source);
    const key = `${INCOMING_PREFIX}${name}`;
    await importFile(store, lakeDirectory, file, key);
    objects.push({ key, source });
  }
  return objects;
}

/** Copies a file of the user's into the lake: the user may go on editing it. */
async function importFile(store: ObjectStore, lakeDirectory: string, file: string, key: string): Promise<void> {
  const scratch = join(lakeDirectory, ".tmp", `import-${randomBytes(4).toString("hex")}`);
  mkdirSync(join(lakeDirectory, ".tmp"), { recursive: true });
  try {
    await copyFile(file, scratch, constants.COPYFILE_FICLONE);
    await store.fromLocalFile(scratch, key);
  } catch (error) {
    throw new DropFileError(file, error as NodeJS.ErrnoException);
  } finally {
    await rm(scratch, { force: true });
  }
}

/** Sorts by time, is unique, and is a valid execution name and ingest id. */
function attemptName(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return `${stamp}-${randomBytes(4).toString("hex")}`;
}
