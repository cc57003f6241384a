import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../../lib/domain/config/config.ts";
import { createTransactionReader } from "../../../lib/ingest/reader.ts";
import { openDuckDbEngine } from "../../../lib/local/duckdb/index.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { databaseDirectory } from "../../../lib/local/lake/lakePaths.ts";
import { openPgliteDatabase } from "../../../lib/local/postgres/pgliteDatabase.ts";
import { dropFiles } from "../../../lib/local/run/deliveryFiles.ts";
import { segmentationHandlers } from "../../../lib/local/run/handlers.ts";
import type { TaskHandlers } from "../../../lib/local/run/machine.ts";
import type { SqlEngine } from "../../../lib/ports.ts";
import { renderDashboard } from "../../../lib/report/render.ts";
import { writeJson } from "../../../lib/workflow/lake/json.ts";
import { configKey } from "../../../lib/workflow/lake/layout.ts";
import { fitShard } from "../../../lib/workflow/steps/fitShard.ts";
import { recordedStep } from "../../../lib/workflow/steps/recordedStep.ts";
import { scoreShard } from "../../../lib/workflow/steps/scoreShard.ts";
import type { ExecutionInput } from "../../../lib/workflow/steps/state.ts";
import { currentSegments } from "../../support/lake.ts";

/** What goes wrong at a state: its first calls with each input fail with this error, before the state's work is done. */
export interface Fault {
  readonly error: string;
  readonly cause: string;
  readonly times: number;
  /** What goes wrong after that. */
  readonly next?: Fault;
  /** Milliseconds until the call fails. */
  readonly afterMs?: number;
}

export interface Scenario {
  /** Name of the execution, and so of the attempt. */
  readonly name: string;
  readonly files: readonly string[];
  readonly config: Config;
  /** An earlier state of the history. */
  readonly asOf?: string;
  readonly faults?: Readonly<Record<string, Fault>>;
  /** Another text of the machine, for what the interpreter cannot do. */
  readonly rewrite?: (definition: string) => string;
}

/** The inputs that each state's task was called with, in the order of the calls. */
export type Calls = Record<string, unknown[]>;

/** A lake, and the steps over it, on which an engine plays scenarios. */
export interface Stage {
  prepare(scenario: Scenario): Promise<{ input: ExecutionInput; handlers: TaskHandlers; calls: Calls }>;
  /** Every text file of the lake and the segments in PostgreSQL. */
  look(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** Opens a stage in a fresh folder. Clock and durations are set, so that equal scenarios leave equal lakes. */
export async function openStage(lakeDirectory: string): Promise<Stage> {
  const engine = await openDuckDbEngine({ lakeDirectory, threads: 1, tempDirectory: join(lakeDirectory, ".tmp") });
  const database = openPgliteDatabase(databaseDirectory(lakeDirectory));
  const store = openFolderStore(lakeDirectory);
  // What a statement costs differs from run to run; nothing else of its result does.
  const sql: SqlEngine = {
    run: async (statement) => ({ ...(await engine.run(statement)), bytesScanned: 1, elapsedMs: 1 }),
  };
  let day = 0;
  const clock = { now: () => new Date(Date.UTC(2026, 0, day)) };
  const handlers = segmentationHandlers({
    store,
    sql,
    database,
    reader: createTransactionReader({ threads: 1 }),
    clock,
    codeVersion: "conformance",
    renderReport: renderDashboard,
    sleep: async () => undefined,
    mapConcurrency: 2,
    runShard: (task, shard) =>
      task === "fit"
        ? recordedStep("FitShard", { store, clock }, fitShard)(shard)
        : recordedStep("ScoreShard", { store, clock }, scoreShard)(shard),
  });
  return {
    prepare: async ({ name, files, config, asOf, faults }) => {
      day++;
      await writeJson(store, configKey(name), config);
      const dropped = await dropFiles(store, lakeDirectory, files);
      const drop = { ...dropped, ...(asOf === undefined ? {} : { asOf }) };
      const calls: Calls = {};
      return {
        input: { attempt: name, configKey: configKey(name), drop },
        handlers: tapped(handlers, calls, faults ?? {}),
        calls,
      };
    },
    look: async () => ({ ...textFiles(lakeDirectory), "rfm.current_segments": await currentSegments(database) }),
    close: async () => {
      await database.close();
      engine.close();
    },
  };
}

/** Handlers that note their input and fail as often as they are told to. */
function tapped(handlers: TaskHandlers, calls: Calls, faults: Readonly<Record<string, Fault>>): TaskHandlers {
  const tap = ([state, run]: [string, TaskHandlers[string]]): [string, TaskHandlers[string]] => [
    state,
    async (input) => {
      const inputs = calls[state] ?? [];
      calls[state] = inputs;
      inputs.push(structuredClone(input));
      // Counted by input: which child of a Map comes first is a race.
      const fault = faultOf(faults[state], inputs.filter((earlier) => isDeepStrictEqual(earlier, input)).length);
      if (fault !== undefined) {
        await sleep(fault.afterMs ?? 0);
        throw Object.assign(new Error(fault.cause), { name: fault.error });
      }
      return run(input);
    },
  ];
  return Object.fromEntries(Object.entries(handlers).map(tap));
}

/** The fault that the call of this number, counted from 1, runs into. */
function faultOf(fault: Fault | undefined, call: number): Fault | undefined {
  if (fault === undefined || call <= fault.times) return fault;
  return faultOf(fault.next, call - fault.times);
}

function textFiles(lakeDirectory: string): Record<string, string> {
  const names = readdirSync(lakeDirectory, { recursive: true, encoding: "utf8" });
  const texts = names.filter((name) => /\.(json|csv)$/.test(name) && !name.startsWith("postgres"));
  return Object.fromEntries(texts.sort().map((name) => [name, readFileSync(join(lakeDirectory, name), "utf8")]));
}
