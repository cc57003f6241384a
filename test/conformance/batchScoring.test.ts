import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { runLocally } from "../../lib/local/run/runLocally.ts";
import { temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";
import {
  copyLake,
  type ScoringOutcome,
  type ScoringScenario,
  scoreInMoto,
  scoreLocally,
} from "./stepFunctions/scoringStage.ts";
import { pythonTool } from "./support/python.ts";

/*
 * batch-scoring.asl.json in moto's interpreter and in the local engine, as in stepFunctions.test.ts: the same steps over lakes that begin
 * alike, and then the states entered, the steps called, the ending and the lake must be equal.
 */
const python = pythonTool("python");
if ("missing" in python) console.warn(`Skipped: ${python.missing}`);

const folder = temporaryFolder();
const [here, there] = [join(folder, "local"), join(folder, "moto")];
const HEADER = "customer_id,recency,frequency,monetary\n";

beforeAll(async () => {
  if ("missing" in python) return;
  const shop = writeText(join(folder, "shop.csv"), shopCsv({ seed: 1, customers: 120, lines: 500 }));
  await runLocally({ lakeDirectory: here, files: [shop], config: parseConfig({ clusters: { minK: 3, maxK: 4 } }) });
  const store = openFolderStore(here);
  for (const [i, name] of ["a", "b", "c"].entries())
    await store.write(`scoring/input/three/${name}.csv`, `${HEADER}${name}1,${i},12,400\n${name}2,50,1,4.5\n`);
  await store.write("scoring/input/bad/a.csv", `${HEADER}a,5,12,400\nb,5,12,much\n`);
  copyLake(here, there);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function playAlike(scenario: ScoringScenario): Promise<ScoringOutcome> {
  if ("missing" in python) throw new Error(python.missing);
  const [local, moto] = await Promise.all([scoreLocally(here, scenario), scoreInMoto(python.command, there, scenario)]);
  const { waits: _none, ...played } = moto;
  const { waits: _never, ...expected } = local;
  expect(played).toEqual(expected);
  return moto;
}

const THREE = "scoring/input/three/";
const SUCCESS = ["PlanScoring", "ScoreInput", "FinishScoring", "ScoringSucceeded"];
const FAILURE = ["RecordScoringFailure", "ScoringFailed"];
const ALWAYS = Number.POSITIVE_INFINITY;
const textOf = ({ lake }: ScoringOutcome, job: string, name: string): unknown =>
  JSON.parse(lake[`jobs/20260101T000000Z-${job}/${name}.json`] ?? "null");

describe.skipIf("missing" in python)("the scoring machine in an independent interpreter", () => {
  it("scores every object of a prefix, each in a child of its own", async () => {
    const outcome = await playAlike({ job: "000000000001", input: THREE });
    expect(outcome.path).toEqual(SUCCESS);
    expect(outcome.children).toEqual(["ScoreInputShard", "ScoreInputShard", "ScoreInputShard"]);
    expect(textOf(outcome, "000000000001", "result")).toMatchObject({ customers: 6 });
    expect(outcome.lake["output/000000000001/part-00002.csv"]).toContain("\nc2,50,1,4.5,");
  });

  it.each([
    ["plan", "000000000002", []],
    ["finish", "000000000003", ["ScoreInput", "FinishScoring"]],
  ] as const)("goes from a fault in %s to the failure, with its reason", async (step, job, between) => {
    const outcome = await playAlike({ job, input: THREE, faults: { [step]: { error: "Broken", times: ALWAYS } } });
    expect(outcome.path).toEqual(["PlanScoring", ...between, ...FAILURE]);
    const reason = { error: "Broken", message: "Broken was injected" };
    expect(outcome.ending).toEqual({ status: "FAILED", error: reason.error, cause: reason.message });
    expect(textOf(outcome, job, "failure")).toMatchObject(reason);
    expect(textOf(outcome, job, "result")).toBeNull();
  });

  it("fails a job for one wrong value, the Map being INLINE", async () => {
    const job = "000000000004";
    const outcome = await playAlike({ job, input: "scoring/input/bad/", isInline: true });
    expect(outcome.path).toEqual(["PlanScoring", "ScoreInput", ...FAILURE]);
    expect(textOf(outcome, job, "failure")).toMatchObject({
      error: "ScoreInputError",
      message: expect.stringMatching(/monetary is not a number/),
    });
    // It goes into logs, and in a wrong column may stand a name.
    expect(JSON.stringify(textOf(outcome, job, "failure"))).not.toContain("much");
  });

  it("tries again what may pass", async () => {
    const outcome = await playAlike({
      job: "000000000005",
      input: THREE,
      faults: {
        plan: { error: "TransientError", times: 4 },
        score: { error: "Lambda.TooManyRequestsException", times: 1 },
        finish: { error: "TransientError", times: 1 },
      },
    });
    expect(outcome.path).toEqual(SUCCESS);
    expect([...outcome.waits].sort()).toEqual([2, 4, 8, 16, 2, 2, 2, 2].sort());
    expect(outcome.steps).toEqual([
      ...["finish", "finish", "plan", "plan", "plan", "plan", "plan"],
      ...new Array(6).fill("score"),
    ]);
  });

  it("fails with the reason though it cannot be recorded", async () => {
    const outcome = await playAlike({
      job: "000000000006",
      input: THREE,
      faults: { plan: { error: "Broken", times: ALWAYS }, fail: { error: "Second", times: ALWAYS } },
    });
    expect(outcome.path).toEqual(["PlanScoring", "RecordScoringFailure", "ScoringFailedUnrecorded"]);
    expect(outcome.ending).toEqual({ status: "FAILED", error: "Broken", cause: "Broken was injected" });
  });
});
