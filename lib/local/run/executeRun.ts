import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { Piscina } from "piscina";
import { withoutNotify } from "../../domain/config/notifySettings.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { CommandLine } from "../../domain/text/commandLine.ts";
import { createTransactionReader } from "../../ingest/reader.ts";
import type { SegmentDatabase } from "../../ports.ts";
import { prepareDashboard, renderDashboard } from "../../report/render.ts";
import type { RunPlan } from "../../workflow/documents.ts";
import { readJson, writeJson } from "../../workflow/lake/json.ts";
import { configKey, reportPrefix, runKey } from "../../workflow/lake/layout.ts";
import { keepLedgerClock, momentOfLedger } from "../../workflow/ledger/ledgerClock.ts";
import type { ExecutionInput } from "../../workflow/steps/state.ts";
import { keepInventory } from "../doctor/inventory.ts";
import { refuseLostEntries } from "../doctor/refuseLostEntries.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { resolveAsOf } from "../lake/asOf.ts";
import { openFolderStore } from "../lake/folderStore.ts";
import { lastCommit } from "../lake/lakeLedger.ts";
import { abortable, refuseAborted } from "./abortable.ts";
import { codeVersion } from "./codeVersion.ts";
import { checkFiles, dropFiles } from "./deliveryFiles.ts";
import { runAndExplain } from "./explainedRun.ts";
import { type LocalPorts, segmentationHandlers } from "./handlers.ts";
import type { Lazy } from "./lazily.ts";
import type { TaskHandler } from "./machine.ts";
import { ownCommand } from "./ownCommand.ts";
import type { DropRunRequest, LocalRunResult } from "./runRequest.ts";
import { shardPlace } from "./shardPlace.ts";

/** What a lake that is open runs with. */
export interface RunResources {
  readonly lakeDirectory: string;
  readonly threads: number;
  readonly engine: DuckDbEngine;
  readonly pool: Lazy<Piscina>;
  readonly database: Lazy<SegmentDatabase>;
}

/** How a reader on this computer goes on from the dashboard. */
const commandLineFor = (lakeDirectory: string): CommandLine => ({
  program: ownCommand(process.env),
  lake: resolve(lakeDirectory),
  shell: process.platform === "win32" ? "windows" : "posix",
});

/** A history of more rows has customers for several threads, most likely. */
const MANY_ROWS = 1_000_000;
/** Of more rows the forecast takes longer to fit than a thread to start. */
const ROWS_FOR_A_THREAD = 200_000;

/** One run of the segmentation machine. */
export async function executeRun(request: DropRunRequest, resources: RunResources): Promise<LocalRunResult> {
  const { lakeDirectory, threads, engine, pool, database } = resources;
  refuseAborted(request.signal);
  await checkFiles(request.files);
  const store = openFolderStore(lakeDirectory);
  const clock = request.clock ?? { now: () => new Date() };
  const attempt = attemptName(clock.now());
  const shards = shardPlace(store, lakeDirectory, pool);
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
    renderReport: (data) => renderDashboard({ ...data, commandLine: commandLineFor(lakeDirectory) }),
    runShard: shards.run,
  };
  await refuseLostEntries(store, lakeDirectory, engine);
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
  const config = withoutNotify(request.config);
  await writeJson(store, configKey(attempt), config);
  const { onEvent, intercept, signal } = request;
  const steps = segmentationHandlers(intercept?.ports?.(ports) ?? ports);
  let isForecastApart = false;
  const PlanRun: TaskHandler = async (taskInput) => {
    const planned = await (steps.PlanRun as TaskHandler)(taskInput);
    // Needed late: their start overlaps with the SQL over the history, and costs nothing when a drop is refused.
    const { lineage } = await readJson<RunPlan>(store, runKey(attempt));
    const rows = lineage.reduce((sum, entry) => sum + entry.rows, 0);
    isForecastApart = config.forecast.enabled && rows > ROWS_FOR_A_THREAD;
    if (isForecastApart || rows > MANY_ROWS) pool.get();
    if (asOf === undefined) database.get();
    setImmediate(prepareDashboard);
    return planned;
  };
  const PlanClustering: TaskHandler = async (taskInput) => {
    const planned = await (steps.PlanClustering as TaskHandler)(taskInput);
    await shards.expect(planned as Parameters<typeof shards.expect>[0]);
    return planned;
  };
  const FitForecast: TaskHandler = async (taskInput) =>
    isForecastApart
      ? pool.get().run({ task: "forecast", lakeDirectory, codeVersion: ports.codeVersion, input: taskInput })
      : (steps.FitForecast as TaskHandler)(taskInput);
  const handlers = { ...steps, PlanRun, FitForecast, PlanClustering };
  const ended = new AbortController();
  const intercepted = intercept?.handlers?.(handlers) ?? handlers;
  const stoppable =
    signal === undefined ? intercepted : abortable(intercepted, { signal, ended: ended.signal, engine });
  try {
    await runAndExplain(stoppable, input, {
      ...(onEvent === undefined ? {} : { onEvent }),
      ...(intercept?.retryIntervalMs === undefined ? {} : { retryIntervalMs: intercept.retryIntervalMs }),
    });
  } finally {
    ended.abort();
    // Of a run that failed after its commit, too: the lake has more than before.
    await keepInventory(store, lakeDirectory, engine, { ingestId: attempt, config });
  }
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
