import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import type { Config } from "../../lib/domain/config/config.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { type LocalPorts, segmentationHandlers } from "../../lib/local/run/handlers.ts";
import { loadMachine } from "../../lib/local/run/machine.ts";
import { renderIngestStatements, renderRunStatements } from "../../lib/workflow/sql/statements.ts";
import type { IngestState, RunState } from "../../lib/workflow/steps/state.ts";
import { ATHENA, allStates, type Machine, reachableFrom, type State, successorsOf, violationsOf } from "./aslRules.ts";

type Validation = { readonly isValid: boolean; readonly errorsText: (separator: string) => string };
const validate = createRequire(import.meta.url)("asl-validator") as (machine: unknown, options: object) => Validation;

const FILE = new URL("../../lib/workflow/segmentation.asl.json", import.meta.url);
const text = readFileSync(FILE, "utf8");
const machine = JSON.parse(text) as Machine;
const states = allStates(machine);
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe("the segmentation machine", () => {
  it("is valid Amazon States Language with its substitutions filled in", () => {
    // The validator writes into what it reads.
    const { isValid, errorsText } = validate(structuredClone(loadMachine(FILE)), { checkArn: true, checkPaths: true });
    expect(isValid, errorsText("\n")).toBe(true);
  });

  it("says only what both engines honour, retries only what is safe, and hands every error on", () => {
    expect(violationsOf(machine)).toEqual([]);
  });

  it("ends: every state can come to the end or to a Fail", () => {
    for (const { name, machine: parent } of states) {
      const ends = [...reachableFrom(parent, name)].map((reached) => parent.States[reached] as State);
      expect(
        ends.some((state) => state.End === true || ["Succeed", "Fail"].includes(state.Type)),
        name,
      ).toBe(true);
    }
  });

  it("announces success only over the publication, and fails only over the record of the failure", () => {
    const successes = Object.keys(machine.States).filter((name) => machine.States[name]?.Type === "Succeed");
    expect(successes).toHaveLength(1);
    const without = { ...machine, States: { ...machine.States } } as { StartAt: string; States: Record<string, State> };
    delete without.States.PublishRun;
    expect(reachableFrom(without, without.StartAt)).not.toContain(successes[0]);
    for (const state of Object.values(machine.States)) {
      for (const next of successorsOf(state).caught) {
        expect([
          "RecordFailure",
          "NotifyOfFailureItself",
          "RunFailed",
          "RunFailedUnrecorded",
          "RunPublished",
          ...states.flatMap(({ name, state: other }) => (other.Resource === ATHENA ? [`Repeat${name}`] : [])),
        ]).toContain(next);
      }
    }
  });

  it("names the function of each Lambda state after the state, and substitutes nothing unknown", () => {
    const substitutions = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name as string));
    const functions = states.flatMap(({ name, state }) =>
      /\$\{/.test(state.Resource ?? "") ? [[name, state.Resource]] : [],
    );
    // Beside each statement stands the state that makes ready to run it again; they share a function.
    const functionOf = (name: string): string =>
      states.some((placed) => name === `Repeat${placed.name}`) ? "RepeatStatement" : name;
    for (const [name, resource] of functions) expect(resource).toBe(`\${${functionOf(name as string)}FunctionArn}`);
    const shared = ["AthenaWorkGroup", "GlueDatabase", "EventBusName", "FailureTopicArn"];
    const arns = new Set(functions.map(([name]) => `${functionOf(name as string)}FunctionArn`));
    expect([...substitutions].sort()).toEqual([...shared, ...arns].sort());
  });

  it("throws the results of a distributed Map's children away, or 10,000 of them would not fit", () => {
    const children = states.filter((placed) => placed.state.ItemProcessor?.ProcessorConfig?.Mode === "DISTRIBUTED");
    expect(children.map((placed) => placed.name)).toEqual(["FitShards", "ScoreShards"]);
    for (const { state } of children) {
      for (const [name, child] of Object.entries(state.ItemProcessor?.States ?? {}))
        expect(child.OutputPath, name).toBeNull();
    }
  });

  it("passes on the statements that the steps render, each as the text or the list it is", () => {
    const { ingest, run } = largestStatements();
    for (const [key, value] of Object.entries({ ...ingest, ...run })) {
      const isList = Array.isArray(value);
      const field = isList ? '"ItemsPath"' : '"QueryString.$"';
      expect(text, key).toContain(`${field}: "$.statements.${key}"`);
    }
    const used = new Set([...text.matchAll(/"\$\.statements\.(\w+)"/g)].map(([, key]) => key));
    expect([...used].sort()).toEqual([...Object.keys(ingest), ...Object.keys(run)].sort());
  });
});

describe("a statement that meets a passing fault", () => {
  const statements = states.filter(({ state }) => state.Resource === ATHENA);

  it.each(statements.map(({ name, state, machine: parent }) => ({ name, state, parent })))(
    "$name is judged by itself, with a count of its repeats, and run again",
    ({ name, state, parent }) => {
      expect(state.Catch?.[0]).toEqual({
        ErrorEquals: ["States.TaskFailed"],
        ResultPath: "$.fault",
        Next: `Repeat${name}`,
      });
      const repeat = parent.States[`Repeat${name}`] as State & { Parameters: unknown; ResultPath: string };
      const { Parameters } = state as State & { Parameters: Record<string, unknown> };
      expect(repeat).toMatchObject({
        Resource: `\${RepeatStatementFunctionArn}`,
        Parameters: { "statement.$": Parameters["QueryString.$"], "fault.$": "$.fault", "repeats.$": "$.repeats" },
        ResultPath: "$.repeats",
        Next: name,
      });
      // What follows an error of the statement follows one of its judge.
      expect(repeat.Catch).toEqual(state.Catch?.slice(1).length === 0 ? undefined : state.Catch?.slice(1));
    },
  );

  it("has a count from the start: the steps give one, and each Map of statements to its items", () => {
    const maps = states.filter(({ state }) =>
      Object.values(state.ItemProcessor?.States ?? {}).some(({ Resource }) => Resource === ATHENA),
    );
    expect(maps.length).toBeGreaterThan(4);
    for (const { state } of maps) expect(state).toMatchObject({ ItemSelector: { repeats: {} } });
  });
});

describe("the local handlers", () => {
  it("are one for each Task, and none besides", () => {
    // Handlers are made, not called: the ports are never touched.
    const handled = Object.keys(segmentationHandlers({} as LocalPorts)).sort();
    const tasks = states.filter((placed) => placed.state.Type === "Task").map((placed) => placed.name);
    expect(handled).toEqual(tasks.sort());
  });
});

describe("the state", () => {
  it.each(["drop", "match"] as const)(
    "of %s stays below 208 KiB of the 256 KiB that Step Functions allows, with every text at its longest",
    (returns) => {
      const { ingest, run } = largestStatements(returns);
      // Athena's statistics have a dozen numbers.
      const result = { type: "DML", statistics: { a: "x".repeat(400) } };
      const queries = [...Object.values(ingest), ...Object.values(run)].flat().map(() => result);
      const common = {
        attempt: LONG_ID,
        configKey: "k".repeat(300),
        queries,
        error: { Error: "x", Cause: "c".repeat(2_000) },
      };
      const first = {
        ...common,
        asOf: "",
        drop: { ingestId: LONG_ID, rows: 1, hasRows: true },
        statements: ingest,
        quality: "q".repeat(2_000),
      };
      const second = { ...common, run: RUN, statements: run };
      const third = {
        ...common,
        run: RUN,
        statements: { summaries: run.summaries },
        plan: { planKey: "p".repeat(300), shards: Array.from({ length: 10_000 }, (_, i) => i), concurrency: 1_000 },
        model: "m".repeat(300),
      };
      for (const state of [first, second, third]) expect(bytesOf(state)).toBeLessThan(208 * 1024);
      // What Step Functions keeps of a cause at most, once a statement has failed and been run again.
      const fault = { Error: "States.TaskFailed", Cause: "c".repeat(32_768) };
      for (const state of [first, second, third]) expect(bytesOf({ ...state, fault })).toBeLessThan(240 * 1024);
      // What a distributed Map gives back for 10,000 shards whose output is discarded.
      expect(bytesOf(Array.from({ length: 10_000 }, () => ({})))).toBeLessThan(200 * 1024);
    },
  );

  it("keeps every statement below Athena's 262,144 bytes", () => {
    const { ingest, run } = largestStatements();
    const { ensureTables, ...ofRows } = ingest;
    const tables = ensureTables.flatMap(({ statement, proof }) => [statement, proof]);
    for (const statement of [...tables, ...Object.values(ofRows).flat(), ...Object.values(run).flat()]) {
      expect(Buffer.byteLength(statement)).toBeLessThan(262_144);
    }
  });
});

describe("the rules themselves", () => {
  const task = (more: object = {}): object => ({
    Type: "Task",
    Resource: ATHENA,
    TimeoutSeconds: 60,
    Retry: [{ ErrorEquals: ["Athena.TooManyRequestsException"] }],
    Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "RecordFailure" }],
    Next: "Done",
    ...more,
  });
  const build = (first: object, more: object = {}): Machine =>
    ({
      StartAt: "First",
      States: { First: first, Done: { Type: "Succeed" }, RecordFailure: { Type: "Fail", Error: "x" }, ...more },
    }) as unknown as Machine;
  const map = (child: object, more: object = {}): object => ({
    ...task({ Resource: undefined, TimeoutSeconds: undefined, Retry: undefined }),
    Type: "Map",
    ItemSelector: { "x.$": "$$.Map.Item.Value" },
    ItemProcessor: { StartAt: "Child", States: { Child: { ...child, Next: undefined, End: true } } },
    ...more,
  });

  it("have nothing against a machine that keeps them", () => {
    expect(violationsOf(build(task()))).toEqual([]);
    expect(violationsOf(build(map(task({ Catch: undefined }))))).toEqual([]);
  });

  it.each<[string, Machine]>([
    ["no TimeoutSeconds", build(task({ TimeoutSeconds: undefined }))],
    ["no Retry", build(task({ Retry: undefined }))],
    ["retries States.ALL", build(task({ Retry: [{ ErrorEquals: ["States.ALL"] }] }))],
    ["retries States.TaskFailed", build(task({ Retry: [{ ErrorEquals: ["States.TaskFailed"] }] }))],
    ["does not retry TransientError", build(task({ Resource: "arn:aws:lambda:x:lambda:First", Retry: [] }))],
    ["catches nothing", build(task({ Catch: undefined }))],
    ["catches nothing", build(task({ Catch: [{ ErrorEquals: ["States.Timeout"], Next: "RecordFailure" }] }))],
    [
      "hands its error to Other",
      build(task({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "Other" }] }), {
        Other: { Type: "Pass", Next: "Done" },
      }),
    ],
    ["puts its error at undefined", build(task({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "RecordFailure" }] }))],
    ['ResultPath "$"', build(task({ ResultPath: "$" }))],
    ["QueryLanguage", build(task({ QueryLanguage: "JSONata" }))],
    ["JSONata in x", build(task({ Parameters: { x: "{% $states.input %}" } }))],
    ["intrinsic in x.$", build(task({ Parameters: { "x.$": "States.Format('{}', $.a)" } }))],
    ["wildcard in x.$", build(task({ Parameters: { "x.$": "$.rows[*].v" } }))],
    ["$$.Execution.Input.a", build(task({ Parameters: { "x.$": "$$.Execution.Input.a" } }))],
    ["ItemReader", build(map(task({ Catch: undefined }), { ItemReader: {} }))],
    ["ItemBatcher", build(map(task({ Catch: undefined }), { ItemBatcher: {} }))],
    ["ResultWriter", build(map(task({ Catch: undefined }), { ResultWriter: {} }))],
    ["ToleratedFailurePercentage", build(map(task({ Catch: undefined }), { ToleratedFailurePercentage: 5 }))],
    ["outside an ItemSelector", build(map(task({ Catch: undefined, Parameters: { "x.$": "$$.Map.Item.Value" } })))],
    ["inside a Map", build(map(task({ Catch: undefined, Parameters: { "x.$": "$$.Execution.Name" } })))],
    ["never reached", build(task(), { Orphan: { Type: "Pass", Next: "Done" } })],
    ["two states of this name", build(map(task({ Catch: undefined })), { Child: { Type: "Succeed" } })],
  ])("name the breach: %s", (breach, planted) => {
    expect(violationsOf(planted).join("\n")).toContain(breach);
  });
});

/** Attempts are names of executions, of at most 80 characters. */
const LONG_ID = "i".repeat(80);
const RUN = { runId: `r${"u".repeat(80)}`, snapshotDate: "2011-12-10", createdAt: "2011-12-10T00:00:00.000Z" };

/** Both halves' statements with parameters as long as their forms allow. */
function largestStatements(returns: Config["returns"] = "match"): {
  ingest: IngestState["statements"];
  run: RunState["statements"];
} {
  const pattern = (length: number): string => `^(${"A'".repeat(length / 2 - 2)})$`;
  // As many bytes as the configuration takes.
  const status = "ж'".repeat(940);
  const config = parseConfig({
    returns,
    cancellationPattern: pattern(100),
    nonProducts: { drop: true, pattern: pattern(300) },
    statuses: {
      keep: status,
      returns: status,
      drop: { cancelled: status, refunded: status, pending: status, failed: status, test: status },
    },
    windowMonths: 12,
  });
  const moment = new Date("2011-12-10T23:59:59.999Z");
  const common = { config, attempt: LONG_ID, lakeUri: `s3://${"b".repeat(63)}` };
  return {
    ingest: renderIngestStatements({ ...common, now: moment, lakeVersion: 1, codeVersion: "0.1.0", hasFolders: true }),
    run: renderRunStatements({
      ...common,
      asOf: moment,
      run: RUN,
      previous: { runId: RUN.runId, attempt: LONG_ID },
      cut: { cutDate: "2011-09-10", sampledOneIn: 100_000_000 },
    }),
  };
}
