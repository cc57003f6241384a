import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { ObjectNotFoundError } from "../../lib/domain/storeErrors.ts";
import type { LocalPorts } from "../../lib/local/run/handlers.ts";
import type { TaskHandler, TaskHandlers } from "../../lib/local/run/machine.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import type { DropRunRequest } from "../../lib/local/run/runRequest.ts";
import type { PostgresSegmentDatabase } from "../../lib/postgres/segmentDatabase.ts";
import { fitShard } from "../../lib/workflow/steps/fitShard.ts";
import { recordedStep } from "../../lib/workflow/steps/recordedStep.ts";
import type { FailureRecord } from "../../lib/workflow/steps/recordFailure.ts";
import { scoreShard } from "../../lib/workflow/steps/scoreShard.ts";
import type { ShardInput } from "../../lib/workflow/steps/state.ts";
import { effort, isFullEffort } from "../support/effort.ts";
import { bodyOf, lookAt, type Published, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

type Intercept = NonNullable<DropRunRequest["intercept"]>;
type Version = "a" | "b";

class InjectedFault extends Error {
  override readonly name: string = "InjectedFault";
}
class TransientError extends Error {
  override readonly name: string = "TransientError";
}

const threads = effort(1, 2);
/** Three shards, so that every Map has several children; and the policy under which every state has work. */
const config = parseConfig({ returns: "match", clusters: { rowsPerShard: 100, minK: 3, maxK: 4 } });
const folder = temporaryFolder();
/** Two contents of one source: the lake goes back and forth between them, each drop taking the place of the last. */
const files: Record<Version, string> = { a: join(folder, "a/shop.csv"), b: join(folder, "b/shop.csv") };
/** segments.csv of runs that nothing disturbed, in a lake of their own. */
const undisturbed: Record<Version, string> = { a: "", b: "" };

let lake: LocalLake;
let shown: Version = "a";
const next = (): Version => (shown === "a" ? "b" : "a");

const look = (): Promise<Published> =>
  lookAt(join(folder, "lake"), lake.engine, lake.database as PostgresSegmentDatabase);

async function segmentsOf(target: LocalLake, version: Version, intercept: Intercept = {}): Promise<string> {
  const run = { files: [files[version]], config, intercept: { retryIntervalMs: 1, ...intercept } };
  const { summary, store } = await target.run(run);
  return Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString();
}

beforeAll(async () => {
  writeText(files.a, shopCsv({ seed: 1, customers: 250, lines: 900 }));
  writeText(files.b, shopCsv({ seed: 2, customers: 270, lines: 1000 }));
  // On more threads than the lake of the faults: their number changes no byte of the result.
  const reference = await openLocalLake({ lakeDirectory: join(folder, "reference"), threads: threads + 1 });
  for (const version of ["a", "b"] as const) undisturbed[version] = await segmentsOf(reference, version);
  await reference.close();
  lake = await openLocalLake({ lakeDirectory: join(folder, "lake"), threads });
  expect(await segmentsOf(lake, "a")).toBe(undisturbed.a);
});

afterAll(async () => {
  await lake.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs into a failure that must come: what was thrown, and what failure.json of the attempt says. */
async function runIntoFailure(intercept: Intercept): Promise<{ error: unknown; record: FailureRecord | undefined }> {
  let attempt = "";
  const listening = (handlers: TaskHandlers): TaskHandlers => {
    const broken = intercept.handlers?.(handlers) ?? handlers;
    const Ingest: TaskHandler = async (input) => {
      attempt = (input as { attempt: string }).attempt;
      return (broken.Ingest as TaskHandler)(input);
    };
    return { ...broken, Ingest };
  };
  const error: unknown = await segmentsOf(lake, next(), { ...intercept, handlers: listening }).then(
    () => new Error("The run did not fail."),
    (thrown: unknown) => thrown,
  );
  const path = join(folder, `lake/attempts/attempt=${attempt}/failure.json`);
  return { error, record: existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined };
}

/** Running again gives the undisturbed result, in the store and in the database. */
async function expectConvergence(): Promise<void> {
  const version = next();
  expect(await segmentsOf(lake, version)).toBe(undisturbed[version]);
  shown = version;
  expect((await look()).segments).toBe(bodyOf(undisturbed[version]));
}

/** Faults pile up between: the undisturbed result must come out of what several failed runs have left as well. */
const CONVERGE_EVERY = effort(6, 1);
const isTimeToConverge = (at: number, cases: number): boolean => (at + 1) % CONVERGE_EVERY === 0 || at === cases - 1;

/** The quick form: among states it takes steps and queries, the commit points and both sides of them. */
const everySecond = <Item>(items: readonly Item[]): Item[] => items.filter((_, at) => at % 2 === 1);

/** Task states, children of Maps and branches among them, in the order in which they run. */
function taskStates(machine: { readonly States: object }): string[] {
  type State = { Type: string; Branches?: { States: object }[]; ItemProcessor?: { States: object } };
  return Object.entries(machine.States as Record<string, State>).flatMap(([name, state]) => [
    ...(state.Type === "Task" ? [name] : []),
    ...(state.Branches ?? []).flatMap(taskStates),
    ...(state.ItemProcessor === undefined ? [] : taskStates(state.ItemProcessor)),
  ]);
}

const MACHINE_FILE = new URL("../../lib/workflow/segmentation.asl.json", import.meta.url);
const ANNOUNCEMENTS = ["AnnounceRun", "RecordFailure", "NotifyOfFailure", "NotifyOfFailureItself"];
/** What a state falls back on: a table that cannot be made anew may be there already. */
const FALLBACKS: Readonly<Record<string, string>> = { EnsureTable: "ProveTable" };
const WORK = taskStates(JSON.parse(readFileSync(MACHINE_FILE, "utf8"))).filter(
  // Nothing is run again after a fault that does not pass.
  (name) => !ANNOUNCEMENTS.includes(name) && !Object.values(FALLBACKS).includes(name) && !name.startsWith("Repeat"),
);
/** States that Step Functions tries again by itself after a TransientError. */
const STEPS = [
  "Ingest",
  "CheckQuality",
  "PlanRun",
  "FitForecast",
  "PlanClustering",
  "FitShard",
  "SelectModel",
  "ScoreShard",
  "PublishReport",
  "LoadSegments",
  "PublishRun",
];

/** Breaks one state: before it does its work, or after, so that its work is done and nobody knows. */
function breaking(state: string, when: "before" | "after", fault: Error): Intercept {
  return {
    handlers: (handlers) => ({
      ...handlers,
      ...(FALLBACKS[state] === undefined ? {} : { [FALLBACKS[state]]: () => Promise.reject(fault) }),
      [state]: async (input) => {
        if (when === "after") await (handlers[state] as TaskHandler)(input);
        throw fault;
      },
    }),
  };
}

describe("a fault at any state", () => {
  // Seen from outside, a fault after the work differs from one before only where the work shows or gets in the way of the next run.
  const after = effort(
    ["CommitIngest", "LoadSegments"],
    ["CleanTransactions", "CommitIngest", "SelectModel", "LoadSegments"],
  );
  const before = effort(everySecond(WORK), WORK);
  const cases = [
    ...before.map((state) => ["before", state] as const),
    ...after.map((state) => ["after", state] as const),
  ];

  it.each(cases.map((each, at) => [...each, at] as const))(
    "%s %s fails the run, publishes nothing, is recorded, and running again converges",
    async (when, state, at) => {
      const seen = await look();
      const fault = new InjectedFault(`${state} fell over`);
      const { error, record } = await runIntoFailure(breaking(state, when, fault));
      expect(error).toBe(fault);
      expect(record).toMatchObject({ error: "InjectedFault", cause: `${state} fell over` });
      const left = await look();
      // Once the drop is committed its rows are in the history, whatever becomes of the run.
      const position = WORK.indexOf(state) - WORK.indexOf("CommitIngest");
      const isCommitted = position > 0 || (position === 0 && when === "after");
      expect(JSON.parse(left.ledger)).toHaveLength(JSON.parse(seen.ledger).length + (isCommitted ? 1 : 0));
      expect({ ...left, ledger: "" }).toEqual({ ...seen, ledger: "" });
      if (isTimeToConverge(at, cases.length)) await expectConvergence();
    },
  );

  it("after PublishRun's work leaves the new run published whole", async () => {
    const fault = new InjectedFault("the answer got lost");
    const { error } = await runIntoFailure(breaking("PublishRun", "after", fault));
    expect(error).toBe(fault);
    expect((await look()).segments).toBe(bodyOf(undisturbed[next()]));
    await expectConvergence();
  });

  it("in the announcement does not undo a published run", async () => {
    const version = next();
    const csv = await segmentsOf(lake, version, breaking("AnnounceRun", "before", new InjectedFault("nobody listens")));
    expect(csv).toBe(undisturbed[version]);
    shown = version;
  });

  it("in the record of a failure does not hide the failure", async () => {
    const first = new InjectedFault("the first fault");
    const second = new InjectedFault("the second fault");
    const broken = (handlers: TaskHandlers): TaskHandlers => ({
      ...handlers,
      SelectModel: () => Promise.reject(first),
      RecordFailure: () => Promise.reject(second),
      NotifyOfFailureItself: () => Promise.reject(second),
    });
    const seen = await look();
    const { error, record } = await runIntoFailure({ handlers: broken });
    expect(error).toBe(first);
    expect(record).toBeUndefined();
    expect((await look()).segments).toBe(seen.segments);
    await expectConvergence();
  });
});

describe("a shard that fails on Step Functions", () => {
  /** All that the machine hears of a distributed Map's child: the child's own error stays with the child. */
  const threshold = Object.assign(new Error("The specified tolerated failure threshold was exceeded"), {
    name: "States.ExceedToleratedFailureThreshold",
  });

  /** Runs the shards here; one of them meets `fault`, and the machine hears of the threshold alone. */
  function failing(state: "FitShard" | "ScoreShard", fault?: Error): Intercept {
    return {
      ports: (ports) =>
        Object.create(ports, {
          runShard: {
            value: async (task: "fit" | "score", input: ShardInput): Promise<unknown> => {
              const step = task === "fit" ? ("FitShard" as const) : ("ScoreShard" as const);
              const shards = { FitShard: fitShard, ScoreShard: scoreShard };
              const isBroken = step === state && input.shard === 1;
              if (isBroken && fault === undefined) throw threshold;
              const run = isBroken ? () => Promise.reject(fault) : shards[step];
              return recordedStep(
                step,
                { store: ports.store, clock: ports.clock },
                run,
              )(input).catch(() => {
                throw threshold;
              });
            },
          },
        }) as LocalPorts,
    };
  }

  it.each(effort(["FitShard"] as const, ["FitShard", "ScoreShard"] as const))(
    "%s: the record has the shard's own reason",
    async (state) => {
      const { record } = await runIntoFailure(failing(state, new ObjectNotFoundError("curated/gone.parquet")));
      expect(record).toMatchObject({
        error: "ObjectNotFoundError",
        cause: `${state} of shard 1: OBJECT_NOT_FOUND: ${new ObjectNotFoundError("curated/gone.parquet").message}`,
      });
      expect(record?.message).toContain("OBJECT_NOT_FOUND");
      await expectConvergence();
    },
  );

  it("a shard that was killed: the record says so", async () => {
    const { record } = await runIntoFailure(failing("FitShard"));
    expect(record?.error).toBe(threshold.name);
    expect(record?.cause).toMatch(/tolerated failure threshold.*FitShard ran out of memory or time/);
    if (isFullEffort) await expectConvergence();
  });
});

describe("a step whose answer is lost", () => {
  it("is done again, and the result is the same", async () => {
    const calls: Record<string, number> = {};
    const losing = (handlers: TaskHandlers): TaskHandlers => ({
      ...handlers,
      ...Object.fromEntries(
        STEPS.map((state): [string, TaskHandler] => [
          state,
          async (input) => {
            const result = await (handlers[state] as TaskHandler)(input);
            calls[state] = (calls[state] ?? 0) + 1;
            if (calls[state] === 1) throw new TransientError(`the answer of ${state} was lost`);
            return result;
          },
        ]),
      ),
    });
    const version = next();
    expect(await segmentsOf(lake, version, { handlers: losing })).toBe(undisturbed[version]);
    shown = version;
    expect((await look()).segments).toBe(bodyOf(undisturbed[version]));
    for (const state of STEPS) expect(calls[state], state).toBeGreaterThanOrEqual(2);
  });

  it("fails with the error that ended it, not with one that a retry got over", async () => {
    let calls = 0;
    const fault = new InjectedFault("for good");
    const broken = (handlers: TaskHandlers): TaskHandlers => ({
      ...handlers,
      PlanRun: (input) =>
        ++calls === 1 ? Promise.reject(new TransientError("for now")) : (handlers.PlanRun as TaskHandler)(input),
      SelectModel: () => Promise.reject(fault),
    });
    const { error } = await runIntoFailure({ handlers: broken });
    expect(error).toBe(fault);
    expect(calls).toBe(2);
  });
});

describe("a fault at any call of a port", () => {
  const PORTS = ["store", "sql", "database", "reader"] as const;

  /** Passes every call of the asynchronous methods of the ports through `hear`, which may throw. */
  function tapping(hear: (call: string) => void): Intercept {
    const tap = <Port extends object>(name: string, port: Port): Port =>
      new Proxy(port, {
        get: (target, property) => {
          const value: unknown = Reflect.get(target, property);
          if (typeof value !== "function") return value;
          return async (...values: unknown[]): Promise<unknown> => {
            hear(`${name}.${String(property)}`);
            return value.apply(target, values);
          };
        },
      });
    return {
      ports: (ports) =>
        ({ ...ports, ...Object.fromEntries(PORTS.map((name) => [name, tap(name, ports[name])])) }) as LocalPorts,
    };
  }

  it("fails the run with it, leaves nothing half-published, and running again converges", async () => {
    // One of the two came first, so it looks for no earlier run and asks less of the store.
    const callsOf: Record<Version, string[]> = { a: [], b: [] };
    for (const version of [next(), shown]) {
      const heard = tapping((call) => callsOf[version].push(call));
      expect(await segmentsOf(lake, version, heard)).toBe(undisturbed[version]);
      shown = version;
      expect(callsOf[version].length).toBeGreaterThan(80);
    }
    const methods = [...new Set(callsOf.a)];
    for (const method of ["store.read", "store.write", "sql.run", "database.publish", "reader.read"])
      expect(methods).toContain(method);
    // The last call of each method, or one in the middle of those that are called often.
    const tried = effort(everySecond(methods), methods);
    for (const [at, method] of tried.entries()) {
      const times = callsOf[next()].filter((call) => call === method).length;
      const place = times > 20 ? Math.floor(times / 2) : times;
      const fault = new InjectedFault(`${method} ${place} of ${times}`);
      let heard = 0;
      const seen = await look();
      const { error } = await runIntoFailure(
        tapping((call) => {
          if (call === method && ++heard === place) throw fault;
        }),
      );
      expect(error, fault.message).toBe(fault);
      const left = await look();
      const allowed = [seen.segments, bodyOf(undisturbed[next()])];
      expect(allowed.includes(left.segments), `${fault.message}: current_segments is neither run`).toBe(true);
      if (isTimeToConverge(at, tried.length)) await expectConvergence();
    }
  });
});
