import { expect, it } from "vitest";
import { runTimings, TIMED_STATES } from "../../../lib/workflow/report/runTimings.ts";
import { type Machine, SEGMENTATION_MACHINE } from "../../../lib/workflow/start/transitions.ts";
import type { StepRecord } from "../../../lib/workflow/steps/recordedStep.ts";

/** Tasks and Maps on the way to the report, those of branches in their place. */
function statesOf({ States, StartAt }: Machine, until?: string): string[] {
  const names: string[] = [];
  for (let name: string | undefined = StartAt; name !== undefined && name !== until; ) {
    const state: Machine["States"][string] | undefined = States[name];
    if (state?.Type === "Task" || state?.Type === "Map") names.push(name);
    for (const branch of state?.Branches ?? []) names.push(...statesOf(branch));
    name =
      state?.Choices?.find(({ Next }) => Next === "CleanTransactions" || Next === "CommitIngest")?.Next ?? state?.Next;
    name ??= state?.Default;
  }
  return until === undefined ? names : [...names, until];
}

it("knows every state up to the report, in the order of the flow", () => {
  // A run that waits for its turn does nothing.
  const working = statesOf(SEGMENTATION_MACHINE, "PublishReport").filter((name) => name !== "TakeTurn");
  expect(TIMED_STATES.map(([name]) => name)).toEqual(working);
});

const usage = { memoryMegabytes: 512, storeReads: 0, storeWrites: 0 };
const record = (step: StepRecord["step"], milliseconds: number): StepRecord => ({
  ...usage,
  step,
  endedAt: "2024-01-01T00:00:00.000Z",
  milliseconds,
});
const took = (TotalExecutionTimeInMillis?: number) => ({ type: "DML", statistics: { TotalExecutionTimeInMillis } });

it("adds up what ran side by side, in branches and Maps too, and leaves out what did not run", () => {
  const records = [record("FitShard", 30), record("FitShard", 50), record("PlanRun", 7)];
  const queries = {
    history: [took(5), took(), took(2)],
    ...{ describeFeatures: [took(11)], orders: took(13), marts: [took(17), took(19)] },
  };
  const timings = runTimings(records, queries, { ...usage, milliseconds: 3 });
  expect(timings.map(({ state, engine, calls, milliseconds }) => [state, engine, calls, milliseconds])).toEqual([
    ["DescribeHistory", "sql", 3, 7],
    ["PlanRun", "code", 1, 7],
    ["DescribeFeatures", "sql", 1, 11],
    ["FitShards", "code", 2, 80],
    ["BuildOrders", "sql", 1, 13],
    ["BuildMarts", "sql", 2, 36],
    ["PublishReport", "code", 1, 3],
  ]);
  expect(timings.find(({ state }) => state === "FitShards")?.longestMilliseconds).toBe(50);
});
