import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { Piscina } from "piscina";
import type { Config } from "../../domain/config/config.ts";
import type { Summary } from "../../domain/run/summary.ts";
import { createTransactionReader } from "../../ingest/reader.ts";
import type { Clock, ObjectStore, SegmentDatabase } from "../../ports.ts";
import { prepareDashboard, renderDashboard } from "../../report/render.ts";
import type { RunPlan } from "../../workflow/documents.ts";
import { readJson, writeJson } from "../../workflow/lake/json.ts";
import { configKey, reportPrefix, runKey } from "../../workflow/lake/layout.ts";
import { keepLedgerClock, momentOfLedger } from "../../workflow/ledger/ledgerClock.ts";
import type { ExecutionInput } from "../../workflow/steps/state.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../duckdb/index.ts";
import { type AsOf, resolveAsOf } from "../lake/asOf.ts";
import { openFolderStore } from "../lake/folderStore.ts";
import { lastCommit } from "../lake/lakeLedger.ts";
import { whenLakeIsFree } from "../lake/lakeLock.ts";
import { databaseDirectory } from "../postgres/lakeDatabase.ts";
import { openPgDatabase } from "../postgres/pgDatabase.ts";
import { openPgliteDatabase } from "../postgres/pgliteDatabase.ts";
import { codeVersion } from "./codeVersion.ts";
import { checkFiles, dropFiles } from "./deliveryFiles.ts";
import { runAndExplain } from "./explainedRun.ts";
import { type LocalPorts, segmentationHandlers } from "./handlers.ts";
import { type Lazy, lazily } from "./lazily.ts";
import type { MachineEvent, TaskHandler, TaskHandlers } from "./machine.ts";

export interface LocalLakeOptions {
  readonly lakeDirectory: string;
  /** A PostgreSQL to load; PGlite in the lake without it. */
  readonly databaseUrl?: string;
  /** How long to wait for another run on the same lake, in milliseconds. */
  readonly waitMs?: number;
  readonly onWait?: (reason: string) => void;
  readonly threads?: number;
}

export interface DropRunRequest {
  /** Files and folders to drop as one; none to segment the history as it is. */
  readonly files: readonly string[];
  readonly config: Config;
  /** Segments the history as it was, beside what is published: readers go on seeing what they see. Without files. */
  readonly asOf?: AsOf;
  readonly onEvent?: (event: MachineEvent) => void;
  /** Wraps ports and handlers, for tests that break them. */
  readonly intercept?: {
    readonly ports?: (ports: LocalPorts) => LocalPorts;
    readonly handlers?: (handlers: TaskHandlers) => TaskHandlers;
    /** Milliseconds between retries, in place of the definition's. */
    readonly retryIntervalMs?: number;
  };
  readonly clock?: Clock;
}

export type LocalRunRequest = LocalLakeOptions & DropRunRequest;

export interface LocalRunResult {
  readonly attempt: string;
  readonly summary: Summary;
  readonly store: ObjectStore;
}

/** A lake that this process has open, with its engine, database and worker threads, for any number of runs after one another. */
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

/** Opens a lake, made where there is none. @throws LakeBusyError when another process has it open all the time. */
export async function openLocalLake(options: LocalLakeOptions): Promise<LocalLake> {
  const lakeDirectory = resolve(options.lakeDirectory);
  mkdirSync(lakeDirectory, { recursive: true });
  const threads = options.threads ?? availableParallelism();
  const engine = await whenLakeIsFree(
    () => openDuckDbEngine({ lakeDirectory, threads, tempDirectory: join(lakeDirectory, ".tmp") }),
    options.waitMs ?? 0,
    options.onWait,
  );
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
  const resources = { lakeDirectory, threads, engine, pool, database };
  return {
    engine,
    get database() {
      return database.get();
    },
    run: (request) => execute(request, resources),
    close: async () => {
      await (server ?? database.made())?.close();
      await pool.made()?.destroy();
      engine.close();
    },
  };
}

interface Resources {
  readonly lakeDirectory: string;
  readonly threads: number;
  readonly engine: DuckDbEngine;
  readonly pool: Lazy<Piscina>;
  readonly database: Lazy<SegmentDatabase>;
}

async function execute(request: DropRunRequest, resources: Resources): Promise<LocalRunResult> {
  const { lakeDirectory, threads, engine, pool, database } = resources;
  await checkFiles(request.files);
  const store = openFolderStore(lakeDirectory);
  const clock = request.clock ?? { now: () => new Date() };
  const attempt = attemptName(clock.now());
  const ports: LocalPorts = {
    store,
    clock,
    codeVersion: codeVersion(),
    reader: createTransactionReader({ threads }),
    sql: engine,
    get database() {
      return database.get();
    },
    mapConcurrency: threads,
    renderReport: renderDashboard,
    runShard: (task, input) => pool.get().run({ task, lakeDirectory, input }),
  };
  await keepLedgerClock(store, await lastCommit(engine));
  const now = await momentOfLedger(store, clock);
  const asOf = request.asOf === undefined ? undefined : await resolveAsOf(engine, request.asOf, now);
  const input: ExecutionInput = {
    attempt,
    configKey: configKey(attempt),
    drop: {
      ...(await dropFiles(store, lakeDirectory, request.files)),
      ...(asOf === undefined ? {} : { asOf: asOf.toISOString() }),
    },
  };
  await writeJson(store, configKey(attempt), request.config);
  const { onEvent, intercept } = request;
  const steps = segmentationHandlers(intercept?.ports?.(ports) ?? ports);
  const PlanRun: TaskHandler = async (taskInput) => {
    const planned = await (steps.PlanRun as TaskHandler)(taskInput);
    // Needed late: their start overlaps with the SQL over the history, and costs nothing when a drop is refused.
    pool.get();
    if (asOf === undefined) database.get();
    setImmediate(prepareDashboard);
    return planned;
  };
  const handlers = { ...steps, PlanRun };
  await runAndExplain(intercept?.handlers?.(handlers) ?? handlers, input, {
    ...(onEvent === undefined ? {} : { onEvent }),
    ...(intercept?.retryIntervalMs === undefined ? {} : { retryIntervalMs: intercept.retryIntervalMs }),
  });
  await store.remove(input.drop.objects.map((object) => object.key));
  const { run } = await readJson<RunPlan>(store, runKey(attempt));
  const summaryKey = `${reportPrefix(run.runId, attempt)}summary.json`;
  return { attempt, summary: await readJson<Summary>(store, summaryKey), store };
}

/** Sorts by time, is unique, and is a valid execution name and ingest id. */
function attemptName(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  return `${stamp}-${randomBytes(4).toString("hex")}`;
}
