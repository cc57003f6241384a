import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MACHINE_FILE } from "../../../lib/local/run/handlers.ts";
import {
  loadMachine,
  type MachineEvent,
  runMachine,
  statesOf,
  type TaskHandlers,
} from "../../../lib/local/run/machine.ts";

type Definition = ReturnType<typeof loadMachine>;
const task = (more: object): object => ({ Type: "Task", Resource: "arn:aws:lambda:x", TimeoutSeconds: 900, ...more });
const define = (StartAt: string, States: Record<string, object>): Definition =>
  ({ StartAt, States }) as unknown as Definition;
const handlers = (map: Record<string, (input: never) => unknown>): TaskHandlers =>
  Object.fromEntries(Object.entries(map).map(([name, run]) => [name, async (input: never) => run(input)]));

async function listenTo(
  definition: Definition,
  tasks: TaskHandlers,
  input: unknown = {},
  retryIntervalMs = 0,
): Promise<{ events: MachineEvent[]; result?: unknown; error?: Error }> {
  const events: MachineEvent[] = [];
  const options = { executionName: "run-1", retryIntervalMs, onEvent: (event: MachineEvent) => events.push(event) };
  try {
    return { events, result: await runMachine(definition, tasks, input, options) };
  } catch (error) {
    return { events, error: error as Error };
  }
}

const failing = define("Work", {
  Work: task({
    Retry: [{ ErrorEquals: ["TransientError"], IntervalSeconds: 3600, MaxAttempts: 2 }],
    Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Record" }],
    Next: "Done",
  }),
  Record: task({ ResultPath: "$.failure", Next: "Failed" }),
  Failed: { Type: "Fail", ErrorPath: "$.error.Error", CausePath: "$.error.Cause" },
  Done: { Type: "Succeed" },
});

const mapped = define("Numbers", {
  Numbers: {
    Type: "Map",
    ItemsPath: "$.items",
    ItemSelector: { "n.$": "$$.Map.Item.Value" },
    MaxConcurrency: 2,
    ItemProcessor: { StartAt: "Square", States: { Square: task({ End: true }) } },
    Next: "Done",
  },
  Done: { Type: "Succeed" },
});

describe("runMachine", () => {
  it("gives the result, tells of every state in order, and knows the execution's name", async () => {
    const machine = define("First", {
      First: task({
        Parameters: { "name.$": "$$.Execution.Name", "a.$": "$.a" },
        ResultPath: "$.first",
        Next: "Second",
      }),
      Second: { Type: "Pass", End: true },
    });
    const { events, result } = await listenTo(machine, handlers({ First: (input) => input }), { a: 1 });
    expect(result).toEqual({ a: 1, first: { name: "run-1", a: 1 } });
    expect(events.map(({ type, state, stateType }) => [type, state, stateType])).toEqual([
      ["entered", "First", "Task"],
      ["exited", "First", "Task"],
      ["entered", "Second", "Pass"],
      ["exited", "Second", "Pass"],
    ]);
    expect(events.every((event, i) => i === 0 || event.atMs >= (events[i - 1] as MachineEvent).atMs)).toBe(true);
  });

  it("calls a stage what a person waits for: no child of a Map, no choice, no announcement", () => {
    const machine = loadMachine(MACHINE_FILE);
    const stages = statesOf(machine).flatMap(({ name, isStage }) => (isStage ? [name] : []));
    expect(stages).toEqual(
      expect.arrayContaining(["Ingest", "CommitIngest", "FitShards", "BuildMarts", "FitForecast", "RecordFailure"]),
    );
    for (const name of [
      "FitShard",
      "ClusterAndAnalyse",
      "RunMartQuery",
      "IsThereNews",
      "RefuseDrop",
      "AnnounceRun",
      "RunPublished",
    ])
      expect(stages).not.toContain(name);
    const withinOf = new Map(statesOf(machine).map(({ name, within }) => [name, within]));
    expect(withinOf.get("RunMartQuery")).toEqual(["ClusterAndAnalyse", "BuildMarts"]);
    expect([withinOf.get("BuildOrders"), withinOf.get("Ingest")]).toEqual([["ClusterAndAnalyse"], []]);
  });

  it("counts a Map's iterations up to all of them, two at a time", async () => {
    let running = 0;
    let most = 0;
    const square = async ({ n }: { n: number }): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      return n * n;
    };
    const { events, result } = await listenTo(mapped, { Square: square as never }, { items: [1, 2, 3, 4, 5] });
    expect(result).toEqual([1, 4, 9, 16, 25]);
    expect(most).toBe(2);
    const counts = events.filter((event) => event.type === "iterated");
    expect(counts.every((event) => event.state === "Numbers" && event.stateType === "Map")).toBe(true);
    expect(counts.at(-1)).toMatchObject({ done: 5, total: 5 });
    expect(counts.map((event) => event.done)).toEqual(counts.map((event) => event.done).sort());
  });

  it("runs a Map over nothing", async () => {
    const { result, error } = await listenTo(mapped, handlers({ Square: () => 1 }), { items: [] });
    expect(error).toBeUndefined();
    expect(result).toEqual([]);
  });

  it("retries at the overridden interval, not at the definition's hour", async () => {
    let calls = 0;
    const Work = (): unknown => {
      if (++calls < 3) throw Object.assign(new Error("not yet"), { name: "TransientError" });
      return { calls };
    };
    const { events, result } = await listenTo(failing, handlers({ Work }));
    expect(result).toEqual({ calls: 3 });
    expect(events.filter((event) => event.type === "retried")).toHaveLength(2);
  });

  it("finds states to override in Maps and branches", async () => {
    let calls = 0;
    const machine = define("Both", {
      Both: { Type: "Parallel", End: true, Branches: [structuredClone(mapped) as object] },
    });
    const square = machine as unknown as { States: { Both: { Branches: (typeof mapped)[] } } };
    const child = (
      square.States.Both.Branches[0] as never as {
        States: { Numbers: { ItemProcessor: { States: { Square: object } } } };
      }
    ).States.Numbers.ItemProcessor.States;
    child.Square = task({
      End: true,
      Retry: [{ ErrorEquals: ["TransientError"], IntervalSeconds: 3600, MaxAttempts: 1 }],
    });
    const Square = (): unknown => {
      if (++calls === 1) throw Object.assign(new Error("not yet"), { name: "TransientError" });
      return calls;
    };
    expect((await listenTo(machine, handlers({ Square }), { items: [1] })).result).toEqual([[2]]);
  });

  it("hands an error's name and message to the failure path, and fails with them", async () => {
    const seen: unknown[] = [];
    const Work = (): never => {
      throw Object.assign(new Error("the disk is full"), { name: "DiskFullError" });
    };
    const { events, error } = await listenTo(
      failing,
      handlers({ Work, Record: (input) => ({ count: seen.push(input) }) }),
      { a: 1 },
    );
    expect(seen).toEqual([{ a: 1, error: { Error: "DiskFullError", Cause: "the disk is full" } }]);
    expect(error?.message).toContain("the disk is full");
    expect(error?.cause).toMatchObject({ name: "DiskFullError", message: "the disk is full" });
    expect(events.map((event) => event.type)).toContain("caught");
  });

  it("begins nothing in a branch after another one failed, and ends when what was under way has ended", async () => {
    const begun: string[] = [];
    let isSlowDone = false;
    const both = define("Both", {
      Both: {
        Type: "Parallel",
        Branches: [
          { StartAt: "Fail", States: { Fail: task({ End: true }) } },
          { StartAt: "Slow", States: { Slow: task({ Next: "Later" }), Later: task({ End: true }) } },
        ],
        End: true,
      },
    });
    const { error } = await listenTo(both, {
      Fail: async () => {
        throw new Error("no");
      },
      Slow: async () => {
        begun.push("Slow");
        await new Promise((resolve) => setTimeout(resolve, 20));
        isSlowDone = true;
      },
      Later: async () => void begun.push("Later"),
    });
    expect(error?.message).toContain("no");
    expect([begun, isSlowDone]).toEqual([["Slow"], true]);
  });

  it("gives up after the last retry", async () => {
    let calls = 0;
    const Work = (): never => {
      calls++;
      throw Object.assign(new Error("never"), { name: "TransientError" });
    };
    const { error } = await listenTo(failing, handlers({ Work, Record: () => ({}) }));
    expect(calls).toBe(3);
    expect(error?.cause).toMatchObject({ name: "TransientError" });
  });

  it("starts no further iteration of a Map once one has failed", async () => {
    const started: number[] = [];
    const square = async ({ n }: { n: number }): Promise<number> => {
      started.push(n);
      if (n === 1) throw new Error("first one fails");
      await new Promise((resolve) => setTimeout(resolve, 5));
      return n;
    };
    const { error } = await listenTo(mapped, { Square: square as never }, { items: [1, 2, 3, 4, 5, 6] });
    expect(error?.message).toContain("first one fails");
    const atFailure = started.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(started.length).toBe(atFailure);
  });

  it("leaves no timer behind that keeps the process alive, after a success or a failure", async () => {
    const program = fileURLToPath(new URL("../exitingMachine.ts", import.meta.url));
    for (const outcome of ["succeed", "throw", "reject", "map"]) {
      const child = spawn(process.execPath, [program, outcome], { stdio: ["ignore", "ignore", "inherit"] });
      // TimeoutSeconds of the machine and its tasks is an hour: the test's own time limit is far shorter.
      const [code] = await once(child, "exit");
      expect([outcome, code]).toEqual([outcome, 0]);
    }
  });
});

describe("loadMachine", () => {
  it("leaves no substitution open and changes nothing else", () => {
    const file = new URL("../../../lib/workflow/segmentation.asl.json", import.meta.url);
    const text = JSON.stringify(loadMachine(file));
    expect(text).not.toContain("${");
    expect(text).toContain('"Resource":"arn:aws:lambda:us-east-1:000000000000:function:Ingest"');
    expect(text).toContain('"Resource":"arn:aws:states:::athena:startQueryExecution.sync"');
  });
});
