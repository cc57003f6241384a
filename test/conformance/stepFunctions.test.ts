import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { MAX_REPEATS } from "../../lib/workflow/sql/passingFaults.ts";
import { temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";
import { comparable } from "./stepFunctions/comparable.ts";
import { type Outcome, playInMoto, playLocally } from "./stepFunctions/engines.ts";
import { openStage, type Scenario, type Stage } from "./stepFunctions/stage.ts";
import { pythonTool } from "./support/python.ts";

/*
 * moto (PyPI) carries an interpreter of the Amazon States Language that shares nothing with the local engine. Both run
 * the same segmentation.asl.json over lakes that begin alike, with the same steps behind every task; then the states
 * entered, the input of every call, the ending and everything in the lake must be equal.
 *
 * What moto's interpreter cannot be asked:
 * - `athena:startQueryExecution.sync` is forwarded without waiting for the query; the wait is added to it
 *   (interpreter.py), so that Athena's own polling and its `States.TaskFailed` for a failed query are not judged.
 * - The failure of a Distributed Map's child: moto counts it and lets the Map succeed. It is played with Maps made
 *   INLINE. Step Functions itself then fails the Map with `States.ExceedToleratedFailureThreshold`; neither engine
 *   says that, so for FitShards and ScoreShards only that the run fails through RecordFailure is judged, not the name.
 * - A Fail state whose error is one of the language's own (`States.Timeout`): moto refuses the reserved prefix there and
 *   ends with `States.Runtime`. After a timeout the states entered and the recorded error are judged, not the ending.
 * - Waiting: retries are not waited for; the waits that moto asks for, jitter drawn at its longest, are compared with
 *   the definition's. The local engine is told not to wait.
 */
const python = pythonTool("python");
if ("missing" in python) console.warn(`Skipped: ${python.missing}`);

const folder = temporaryFolder();
const shop = writeText(join(folder, "drops/shop.csv"), shopCsv({ seed: 1, customers: 250, lines: 900 }));
const changed = writeText(join(folder, "changed/shop.csv"), shopCsv({ seed: 2, customers: 270, lines: 1000 }));
/** Three shards, so that every Map has several children. */
const clusters = { rowsPerShard: 100, minK: 3, maxK: 4 };
const config = parseConfig({ clusters });
const strict = parseConfig({ clusters, quality: { missingCustomer: { warn: 0, refuse: 0.001 } } });

const stages: Stage[] = [];

beforeAll(async () => {
  for (const engine of ["local", "moto"]) stages.push(await openStage(join(folder, engine)));
});

afterAll(async () => {
  for (const stage of stages) await stage.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Plays in both engines, each on its own lake; what is left of the scenarios before is there in both. */
async function play(name: string, more: Partial<Scenario> = {}): Promise<{ local: Outcome; moto: Outcome }> {
  if ("missing" in python) throw new Error(python.missing);
  const scenario: Scenario = { name, files: [changed], config, ...more };
  const [here, there] = stages as [Stage, Stage];
  const [local, moto] = await Promise.all([playLocally(here, scenario), playInMoto(python.command, there, scenario)]);
  return { local, moto };
}

/** Attempts that failed beside work of another branch or child: how far that came is a race in both engines. */
const raced: string[] = [];
const withoutRaced = ({ lake, ...outcome }: Outcome): Outcome => {
  const kept = Object.entries(lake).filter(([key]) => !raced.some((name) => key.includes(`attempt=${name}/`)));
  return { ...outcome, lake: Object.fromEntries(kept) };
};

/** Plays in both engines, and holds that nothing differs. */
async function playAlike(name: string, more: Partial<Scenario> = {}): Promise<Outcome> {
  const { local, moto } = await play(name, more);
  expect(comparable(withoutRaced(moto))).toEqual(comparable(withoutRaced(local)));
  return moto;
}

const timesCalled = (outcome: Outcome, state: string): number => outcome.calls[state]?.length ?? 0;
const recorded = (outcome: Outcome, name: string): unknown =>
  JSON.parse(outcome.lake[`attempts/attempt=${name}/failure.json`] ?? "null");
const attemptsPublished = (outcome: Outcome): unknown[] =>
  Object.entries(outcome.lake).flatMap(([key, text]) => (/^runs\//.test(key) ? [JSON.parse(text).attempt] : []));
const transitionsMetered = (outcome: Outcome, name: string): unknown =>
  Object.entries(outcome.lake).flatMap(([key, text]) =>
    key.includes(`attempt=${name}/summary.json`) ? [JSON.parse(text).metered.stateTransitions] : [],
  )[0];
const shown = (outcome: Outcome): string => outcome.lake["rfm.current_segments"] ?? "";

const WHOLE_PATH = [
  ...["TakeTurn", "IsItMyTurn"],
  ...["Ingest", "EnsureTables", "IsThereADrop", "CleanTransactions", "ReconcileIngest", "CheckQuality", "QualityGate"],
  ...[
    "CommitIngest",
    "DescribeHistory",
    "PlanRun",
    "MatchReturns",
    "BuildFeatures",
    "ClusterAndAnalyse",
    "GatherResults",
    "SelectModel",
    "ScoreShards",
  ],
  ...["SummariseSegments", "PublishReport", "LoadSegments", "PublishRun", "IsThereNews"],
  ...["AnnounceRun", "RunPublished"],
];
const FAILURE_PATH = ["RecordFailure", "NotifyOfFailure", "RunFailed"];
const upTo = (state: string): string[] => WHOLE_PATH.slice(0, WHOLE_PATH.indexOf(state) + 1);
const fault = (times: number, error = "InjectedFault") => ({ error, cause: `${error} was injected`, times });
const ALWAYS = Number.POSITIVE_INFINITY;

describe.skipIf("missing" in python)("the machine in an independent interpreter", () => {
  it("runs a drop to its publication", async () => {
    const outcome = await playAlike("success", { files: [shop] });
    expect(outcome.path).toEqual(WHOLE_PATH);
    expect(outcome.children.filter((state) => state === "FitShard")).toHaveLength(3);
    expect(outcome.ending.output).toMatchObject({ attempt: "success", load: { parts: 3 } });
    expect(shown(outcome).split("\n")).toHaveLength(220);
    // What is metered is what an independent interpreter enters.
    expect(transitionsMetered(outcome, "success")).toBe(outcome.path.length + outcome.children.length);
  });

  it("refreshes without a drop", async () => {
    const outcome = await playAlike("refresh", { files: [] });
    const ingesting = ["CleanTransactions", "ReconcileIngest", "CheckQuality", "QualityGate", "CommitIngest"];
    expect(outcome.path).toEqual(WHOLE_PATH.filter((state) => !ingesting.includes(state)));
    // The same rows, settings and code are the same run.
    expect(attemptsPublished(outcome)).toEqual(["refresh"]);
    expect(transitionsMetered(outcome, "refresh")).toBe(outcome.path.length + outcome.children.length);
  });

  it("keeps a run as of earlier beside what is published, and tells nobody", async () => {
    const [shownBefore, aliases] = [shown(await playAlike("today", { files: [changed] })), "models/aliases.json"];
    const current = (await (stages[0] as Stage).look())[aliases];
    // The day of the first scenario: each has one of its own.
    const outcome = await playAlike("earlier", { files: [], asOf: "2026-01-01" });
    const skipped = [
      "CleanTransactions",
      "ReconcileIngest",
      "CheckQuality",
      "QualityGate",
      "CommitIngest",
      "AnnounceRun",
    ];
    expect(outcome.path).toEqual(WHOLE_PATH.filter((state) => !skipped.includes(state)));
    expect(outcome.ending.output).toMatchObject({ load: { parts: 0 }, published: { customers: 219 } });
    expect([shown(outcome), outcome.lake[aliases]]).toEqual([shownBefore, current]);
    expect(Object.keys(outcome.lake)).toContainEqual(expect.stringMatching(/attempt=earlier\/segments\.csv$/));
    expect(transitionsMetered(outcome, "earlier")).toBe(outcome.path.length + outcome.children.length);
  });

  it("refuses a drop, and says why", async () => {
    const outcome = await playAlike("refusal", { config: strict });
    expect(outcome.path).toEqual([...upTo("QualityGate"), "RefuseDrop", ...FAILURE_PATH]);
    expect(outcome.ending).toMatchObject({ status: "FAILED", error: "DropRefusedError" });
    expect(outcome.ending.cause).toContain("quality.missingCustomer.refuse");
    expect(attemptsPublished(outcome)).not.toContain("refusal");
  });

  it.each(["Ingest", "CommitIngest", "SelectModel", "PublishRun"])(
    "goes from a fault in %s to the failure, with its reason",
    async (state) => {
      const name = `fault-${state}`;
      const outcome = await playAlike(name, { faults: { [state]: fault(ALWAYS) } });
      const repeats = `Repeat${state}` in outcome.calls ? [`Repeat${state}`] : [];
      expect(outcome.path).toEqual([...upTo(state), ...repeats, ...FAILURE_PATH]);
      const reason = { error: "InjectedFault", cause: "InjectedFault was injected" };
      expect(outcome.ending).toEqual({ status: "FAILED", ...reason });
      expect(recorded(outcome, name)).toMatchObject(reason);
      expect(outcome.calls.NotifyOfFailure).toEqual([
        expect.objectContaining({ Message: expect.stringContaining("InjectedFault: InjectedFault was injected") }),
      ]);
      expect(timesCalled(outcome, state)).toBe(1);
    },
  );

  it.each([
    ["ProveTable", "EnsureTables", "EnsureTable"],
    ["BuildOrders", "ClusterAndAnalyse"],
    ["RunMartQuery", "ClusterAndAnalyse"],
    ["FitForecast", "ClusterAndAnalyse"],
    ["RunSegmentQuery", "SummariseSegments"],
  ])("goes from a fault in the child %s of %s to the failure", async (child, parent, ...before) => {
    raced.push(`fault-${child}`);
    const faults = Object.fromEntries([child, ...before].map((state) => [state, fault(ALWAYS)]));
    const { local, moto } = await play(`fault-${child}`, { faults });
    const decided = (outcome: Outcome) => {
      const { ending, path, lake, calls } = withoutRaced(outcome);
      return [ending, path, lake, calls.NotifyOfFailure];
    };
    expect(decided(moto)).toEqual(decided(local));
    expect(moto.path).toEqual([...upTo(parent), ...FAILURE_PATH]);
    expect(moto.ending).toMatchObject({ error: "InjectedFault", cause: "InjectedFault was injected" });
  });

  it.each([
    ["FitShard", "ClusterAndAnalyse"],
    ["ScoreShard", "ScoreShards"],
  ])("goes from a fault in %s to the failure, the Map being INLINE", async (child, parent) => {
    const rewrite = (text: string): string =>
      text.replaceAll('{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}', '{"Mode":"INLINE"}');
    raced.push(`fault-${child}`);
    const { local, moto } = await play(`fault-${child}`, { faults: { [child]: fault(ALWAYS) }, rewrite });
    expect([moto.ending, moto.path]).toEqual([local.ending, local.path]);
    expect(moto.path).toEqual([...upTo(parent), ...FAILURE_PATH]);
  });

  it("tries again what may pass, and then goes on as if nothing had been", async () => {
    const faults = {
      Ingest: fault(1, "Lambda.TooManyRequestsException"),
      CleanTransactions: fault(2, "Athena.TooManyRequestsException"),
      RunMartQuery: fault(1, "Athena.TooManyRequestsException"),
      FitShard: fault(1, "TransientError"),
      SelectModel: fault(4, "TransientError"),
      PublishRun: fault(2, "TransientError"),
      AnnounceRun: fault(3, "Events.InternalException"),
    };
    const outcome = await playAlike("retry", { faults });
    expect(outcome.path).toEqual(WHOLE_PATH);
    const marts = outcome.children.filter((state) => state === "RunMartQuery");
    const waits = [2, 5, 10, ...marts.map(() => 5), 2, 2, 2, 2, 4, 8, 16, 2, 4, 2, 4, 8];
    expect([...outcome.waits].sort()).toEqual(waits.sort());
    expect(timesCalled(outcome, "RunMartQuery")).toBe(2 * marts.length);
    expect(timesCalled(outcome, "FitShard")).toBe(6);
    expect(timesCalled(outcome, "SelectModel")).toBe(5);
    expect(timesCalled(outcome, "AnnounceRun")).toBe(4);
    expect(attemptsPublished(outcome)).toContain("retry");
  });

  it.each([
    ["SelectModel", "TransientError", [2, 4, 8, 16]],
    ["PlanRun", "Lambda.ServiceException", [2, 4, 8, 16, 32]],
    ["BuildFeatures", "Athena.TooManyRequestsException", [5, 10, 20, 40, 80, 160]],
  ])("gives up on %s after its last retry of %s", async (state, error, waits) => {
    const outcome = await playAlike(`exhausted-${state}`, { faults: { [state]: fault(ALWAYS, error) } });
    // A statement is repeated as a whole, and with it Step Functions' own retries.
    const rounds = state === "BuildFeatures" ? Array.from({ length: MAX_REPEATS + 1 }, () => waits) : [waits];
    const again = rounds.slice(1).flatMap(() => [`Repeat${state}`, state]);
    const last = state === "BuildFeatures" ? [`Repeat${state}`] : [];
    expect(outcome.path).toEqual([...upTo(state), ...again, ...last, ...FAILURE_PATH]);
    expect(outcome.waits).toEqual(rounds.flat());
    expect(timesCalled(outcome, state)).toBe(rounds.flat().length + rounds.length);
    expect(outcome.ending.error).toBe(error);
  });

  it("counts the retries of each kind of error apart", async () => {
    const faults = { PlanRun: { ...fault(4, "TransientError"), next: fault(5, "Lambda.ServiceException") } };
    const outcome = await playAlike("apart", { faults });
    expect(outcome.path).toEqual(WHOLE_PATH);
    expect(outcome.waits).toEqual([2, 4, 8, 16, 2, 4, 8, 16, 32]);
  });

  it("publishes though nobody can be told", async () => {
    const outcome = await playAlike("unheard", { faults: { AnnounceRun: fault(ALWAYS, "Events.InternalException") } });
    expect(outcome.path).toEqual(WHOLE_PATH);
    expect(timesCalled(outcome, "AnnounceRun")).toBe(4);
  });

  it("fails with the reason though it can be neither recorded nor told", async () => {
    const sns = fault(ALWAYS, "SNS.InternalErrorException");
    const faults = { PlanRun: fault(ALWAYS), RecordFailure: fault(ALWAYS, "SecondFault"), NotifyOfFailureItself: sns };
    const outcome = await playAlike("unrecorded", { faults });
    expect(outcome.path).toEqual([...upTo("PlanRun"), "RecordFailure", "NotifyOfFailureItself", "RunFailedUnrecorded"]);
    expect(outcome.ending.error).toBe("InjectedFault");
    expect(outcome.ending.cause).toContain("InjectedFault was injected");
    expect(recorded(outcome, "unrecorded")).toBeNull();
  });

  // The last one, for it leaves the lakes different: the engines word the cause of a timeout differently.
  it("takes a step that does not end for failed", async () => {
    const rewrite = (text: string): string => text.replace(/(:function:CheckQuality","TimeoutSeconds":)120/, "$1 1");
    const faults = { CheckQuality: { ...fault(ALWAYS), afterMs: 5000 } };
    const { local, moto } = await play("timeout", { faults, rewrite });
    for (const outcome of [local, moto]) {
      expect(outcome.path).toEqual([...upTo("CheckQuality"), ...FAILURE_PATH]);
      expect(recorded(outcome, "timeout")).toMatchObject({ error: "States.Timeout" });
    }
  });
});
