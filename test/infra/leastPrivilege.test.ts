import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createApi } from "../../lib/api/app.ts";
import { openModelSource } from "../../lib/api/scoring/modelSource.ts";
import { openCursorKey } from "../../lib/api/segments/cursor.ts";
import { openFileSegments } from "../../lib/api/segments/fileSegments.ts";
import type { SegmentReader } from "../../lib/api/segments/segmentReader.ts";
import { openSqlSegments } from "../../lib/api/segments/sqlSegments.ts";
import { DEFAULT_LIMITS } from "../../lib/api/types.ts";
import { openDataApiDatabase } from "../../lib/aws/database/dataApiDatabase.ts";
import { IMPORT_STATEMENTS } from "../../lib/aws/database/dataApiImport.ts";
import { openDataApiPredictions, PREDICTION_STATEMENTS } from "../../lib/aws/database/dataApiPredictions.ts";
import { customerDigest } from "../../lib/domain/audience/erasure.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { PROJECT_ROOT } from "../../lib/infra/bundles/project.ts";
import {
  FUNCTION_NAMES,
  type FunctionName,
  type FunctionSpec,
  specOf,
} from "../../lib/infra/workflow/functionSpecs.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import type { LocalPorts } from "../../lib/local/run/handlers.ts";
import type { TaskHandlers } from "../../lib/local/run/machine.ts";
import { runLocally } from "../../lib/local/run/runLocally.ts";
import { renderDashboard } from "../../lib/report/render.ts";
import { erasureSalt, recordErasure } from "../../lib/workflow/lake/erasures.ts";
import { exportModels } from "../../lib/workflow/mlflow/syncAliases.ts";
import { readAliases } from "../../lib/workflow/models/aliases.ts";
import type { MeterPorts } from "../../lib/workflow/report/stepMeter.ts";
import { renderIngestStatements, renderRunStatements } from "../../lib/workflow/sql/statements.ts";
import { unloadTarget } from "../../lib/workflow/sql/statementText.ts";
import { startRun } from "../../lib/workflow/start/startRun.ts";
import { takeTurn } from "../../lib/workflow/start/takeTurn.ts";
import { fitShard } from "../../lib/workflow/steps/fitShard.ts";
import { recordedStep } from "../../lib/workflow/steps/recordedStep.ts";
import { repeatStatement } from "../../lib/workflow/steps/repeatStatement.ts";
import { type ScoreJobInput, scoreJobStep } from "../../lib/workflow/steps/scoreJob.ts";
import { scoreShard } from "../../lib/workflow/steps/scoreShard.ts";
import type { ShardInput } from "../../lib/workflow/steps/state.ts";
import { recordedApi } from "../aws/fakeDataApi.ts";
import { listOf, resourceText, statementsByRole } from "./policies.ts";
import { lakeRecorder } from "./recordedUse.ts";
import { resourcesOf, templatesWith } from "./support.ts";

const recorder = lakeRecorder();
const usersOfDatabase = new Set<string>();

/** 300 customers with up to eight orders each, so that several shards and parts come about. */
function shopFile(name: string): string {
  const lines = Array.from({ length: 300 }, (_, i) =>
    Array.from(
      { length: 1 + (i % 8) },
      (_, j) => `${name}-${i}-${j},c${i},2024-0${1 + (j % 6)}-${10 + (i % 18)},${1 + (i % 5)},${(3 + (i % 97)) / 2}`,
    ),
  ).flat();
  const path = join(mkdtempSync(join(tmpdir(), "rfm-shop-")), name);
  writeFileSync(path, ["order_id,customer_id,date,quantity,price", ...lines].join("\n"));
  return path;
}

/** The database adapter of AWS over a database that takes everything; parts are so large that they are cut. */
function deployedDatabase() {
  const api = recordedApi(({ sql }) => {
    usersOfDatabase.add(recorder.current() ?? "nobody");
    if (sql === IMPORT_STATEMENTS.beginPart || sql === IMPORT_STATEMENTS.beginMovementsPart)
      return [{ stagedLoad: 1, tableName: "staged_load_1", isNew: true, knownRows: null }];
    if (sql === IMPORT_STATEMENTS.importPart) return [{ answer: "1 rows imported into relation" }];
    return /as version/.test(sql) ? [{ version: 170_000 }] : [];
  });
  return openDataApiDatabase({ api, region: "eu-west-1", migrations: async () => [], pieceBytes: 1_000 });
}

/** The table of score jobs, as above: the first piece of a part brings all of its rows. */
function deployedPredictions() {
  let rows = 0;
  const api = recordedApi(({ sql, parameters }) => {
    usersOfDatabase.add(recorder.current() ?? "nobody");
    if (sql === PREDICTION_STATEMENTS.part) {
      rows = Number(parameters.rows);
      return [{ isNew: true }];
    }
    const answer = `${rows} rows imported into relation`;
    rows = 0;
    return [{ answer }];
  });
  return openDataApiPredictions({ api, region: "eu-west-1", pieceBytes: 1_000 });
}

/** Fails each shard, as Step Functions does: the child's own error is gone, but for what it left in the lake. */
async function failShard(ports: MeterPorts, input: ShardInput): Promise<never> {
  const broken = () => Promise.reject(new Error("broken on purpose"));
  await recordedStep("FitShard", ports, broken)(input).catch(() => undefined);
  throw Object.assign(new Error("The specified tolerated failure threshold was exceeded"), {
    name: "States.ExceedToleratedFailureThreshold",
  });
}

async function run(lakeDirectory: string, file: string, breaks = false): Promise<void> {
  const database = deployedDatabase();
  const config = parseConfig({ clusters: { rowsPerShard: 100, maxK: 4 } });
  await runLocally({
    lakeDirectory,
    files: [file],
    config,
    threads: 1,
    intercept: {
      ports: (ports: LocalPorts): LocalPorts => {
        const store = recorder.record(ports.store);
        // Spread one by one: reading the local database would start it.
        const { clock, codeVersion, reader, sql, mapConcurrency } = ports;
        const runShard = (task: "fit" | "score", input: ShardInput): Promise<unknown> =>
          breaks
            ? failShard({ store, clock }, input)
            : task === "fit"
              ? recordedStep("FitShard", { store, clock }, fitShard)(input)
              : recordedStep("ScoreShard", { store, clock }, scoreShard)(input);
        return {
          store,
          clock,
          codeVersion,
          reader,
          sql,
          database,
          mapConcurrency,
          runShard,
          renderReport: renderDashboard,
        };
      },
      handlers: watched,
    },
  });
}

function watched(handlers: TaskHandlers): TaskHandlers {
  const entries = Object.entries(handlers).map(([state, handler]) => {
    return [state, (input: never) => recorder.during(state, () => handler(input))];
  });
  return Object.fromEntries(entries);
}

/** A customer of every file was erased before the runs: readers leave them out, and say so in the lake. */
async function eraseSomebody(lakeDirectory: string): Promise<void> {
  const store = openFolderStore(lakeDirectory);
  const digest = customerDigest(await erasureSalt(store, () => "salt"), "c7");
  const erasedAt = "2024-07-01T00:00:00Z";
  await recordErasure(store, { erasureId: "e1", erasedAt, customerDigest: digest, affected: [] });
}

/** Every UNLOAD of a run, as if it had met a fault that passes and left a file. */
async function repeatStatements(lakeDirectory: string): Promise<void> {
  const store = openFolderStore(lakeDirectory);
  const context = { config: parseConfig({}), attempt: "a1", lakeUri: store.uri };
  const now = new Date("2024-07-01T00:00:00Z");
  const run = { runId: "2024-07-01-r", snapshotDate: "2024-07-01", createdAt: now.toISOString() };
  const cut = { cutDate: "2024-04-01", sampledOneIn: 1 };
  const previous = { runId: "2024-06-01-r", attempt: "a0" };
  const statements = [
    renderIngestStatements({ ...context, now, lakeVersion: 1, codeVersion: "1", hasFolders: true }),
    renderRunStatements({ ...context, asOf: now, run, cut, previous }),
  ].flatMap((rendered) => Object.values(rendered).flat());
  const texts = statements.flatMap((one) => (typeof one === "string" ? [one] : [one.statement, one.proof]));
  const ports = { store: recorder.record(store), sleep: async () => undefined, stopQuery: async () => undefined };
  const Cause = JSON.stringify({
    QueryExecution: { Status: { State: "FAILED", StateChangeReason: "GENERIC_INTERNAL_ERROR" } },
  });
  for (const statement of texts) {
    const target = unloadTarget(statement);
    if (target !== undefined) await store.write(`${target.slice(store.uri.length + 1)}left`, "x");
    const input = { statement, fault: { Error: "States.TaskFailed", Cause }, repeats: {} };
    await recorder.during("RepeatStatement", () => repeatStatement(ports, input));
  }
}

async function takeTurns(): Promise<void> {
  const store = recorder.record(openFolderStore(mkdtempSync(join(tmpdir(), "rfm-turn-"))));
  for (const attempt of ["a", "b"])
    await recorder.during("TakeTurn", () => takeTurn({ store, statusOf: async () => "succeeded" }, attempt));
}

async function startRuns(): Promise<void> {
  const store = openFolderStore(mkdtempSync(join(tmpdir(), "rfm-start-")));
  const ports = { store: recorder.record(store), start: async () => "started" as const };
  const event = (key: string) => ({ detail: { bucket: { name: "b" }, object: { key, etag: key } } });
  for (const key of ["incoming/a.csv", "incoming/f/b.csv"]) await store.write(key, "x");
  await store.write("incoming/f/manifest.json", "{}");
  await recorder.during("start-run", () => startRun(ports, event("incoming/a.csv")));
  await store.write("config/rfm.config.json", "{}");
  await recorder.during("start-run", () => startRun(ports, event("incoming/f/manifest.json")));
  await store.write("incoming/stream/2026/11/21/10/a.jsonl.gz", "x");
  const streamPorts = { ...ports, statusOf: async () => "succeeded" as const };
  for (const streamAt of ["2026-11-21T11:00:00Z", "2026-11-21T12:00:00Z"])
    await recorder.during("start-run", () => startRun(streamPorts, { streamAt }));
}

/** Logs the champion of the lake to a server that takes everything. */
async function logModel(lakeDirectory: string): Promise<void> {
  const store = openFolderStore(lakeDirectory);
  const { champion } = await readAliases(store);
  const answer = {
    experiment_id: "1",
    run: { info: { run_id: "r", artifact_uri: "mlflow-artifacts:/1/r", status: "RUNNING" } },
    model_version: { version: "1" },
  };
  const target = {
    store: recorder.record(store),
    client: { get: async () => undefined, send: async () => answer as never, upload: async () => undefined },
    server: { trackingUri: "https://mlflow.shop.example", name: "shop" },
    pythonCode: "",
  };
  await recorder.during("log-model", () => exportModels(target, [champion as string]));
}

/** The API and a score job over the lake that the runs made: every operation, and every step of the machine. */
async function callApi(lakeDirectory: string): Promise<void> {
  const store = recorder.record(openFolderStore(lakeDirectory));
  const clock = { now: () => new Date("2024-07-01T00:00:00Z") };
  const query = async () => {
    usersOfDatabase.add(recorder.current() ?? "nobody");
    return [];
  };
  const predictions = deployedPredictions();
  const apiOver = (segments: SegmentReader) =>
    createApi({
      store,
      clock,
      models: openModelSource(store, { now: () => 0, refreshMs: 0 }),
      segments,
      startScoreJob: async () => undefined,
      hasPredictionTable: true,
      cursorKey: openCursorKey(store),
      limits: DEFAULT_LIMITS,
    });
  const [app, appWithoutDatabase] = [openSqlSegments(query, async () => undefined), openFileSegments(store)].map(
    apiOver,
  ) as [ReturnType<typeof apiOver>, ReturnType<typeof apiOver>];
  const ask = (path: string, body?: unknown) =>
    recorder.during("api", async () => {
      const post = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      return app.request(path, body === undefined ? {} : post);
    });
  for (const path of ["/ping", "/model", "/models", "/runs", "/segments", "/customers/c1", "/segments/Lost/customers"])
    for (const each of [app, appWithoutDatabase]) await recorder.during("api", async () => each.request(path));
  await ask("/invocations", { recency: 5, frequency: 12, monetary: 400 });
  await ask("/customers:batchGet", { ids: ["c1"] });
  const plain = openFolderStore(lakeDirectory);
  await plain.write("scoring/input/a/a.csv", "customer_id,recency,frequency,monetary\nc1,5,12,400\n");
  const features = (await plain.list("curated/")).find(({ key }) => key.includes("/features/"))?.key as string;
  const inputs = ["scoring/input/a/a.csv", "scoring/input/a/", features, features.replace(/[^/]+$/, "")];
  for (const input of inputs) {
    const output = `scoring/output/${inputs.indexOf(input)}/`;
    const answer = await ask("/score-jobs", { input, output, into_database: true });
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    const step = (name: ScoreJobInput["step"]) =>
      recorder.during("ScoreJob", () =>
        scoreJobStep({ store, clock, mapConcurrency: 1, predictions }, {
          step: name,
          input: { jobId: id, shard: 0 },
        } as never),
      );
    for (const name of ["plan", "score", "finish", "fail"] as const) await step(name);
    await ask(`/score-jobs/${id}`);
  }
}

const specs = FUNCTION_NAMES.map((name): [FunctionName, FunctionSpec] => [name, specOf(name)]);
const sorted = (values: Iterable<string>): string[] => [...values].sort();

beforeAll(async () => {
  const lakeDirectory = mkdtempSync(join(tmpdir(), "rfm-lake-"));
  await eraseSomebody(lakeDirectory);
  await run(lakeDirectory, shopFile("a.csv"));
  await run(lakeDirectory, shopFile("b.csv"));
  await run(lakeDirectory, shopFile("c.csv"), true).catch(() => undefined);
  await startRuns();
  await takeTurns();
  await repeatStatements(mkdtempSync(join(tmpdir(), "rfm-repeat-")));
  await logModel(lakeDirectory);
  await callApi(lakeDirectory);
});

describe("the lake rights of each function", () => {
  it.each(specs)("%s: exactly the zones that its step reads, writes and lists", (name, spec) => {
    const use = recorder.uses.get(spec.state ?? name);
    const { reads, writes, lists } = spec.lake;
    expect({
      reads: sorted(use?.reads ?? []),
      writes: sorted(use?.writes ?? []),
      lists: sorted(use?.lists ?? []),
    }).toEqual({
      reads: sorted(reads),
      writes: sorted(writes),
      lists: sorted(lists),
    });
    // What it removes is what the patterns allow, and each of them is needed.
    const patterns = (spec.lake.removes ?? []).map((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`));
    for (const key of use?.removes ?? [])
      expect(
        patterns.some((pattern) => pattern.test(key)),
        key,
      ).toBe(true);
    for (const pattern of patterns)
      expect(
        [...(use?.removes ?? [])].some((key) => pattern.test(key)),
        `${pattern}`,
      ).toBe(true);
    // Where a step met nothing, it needs the right to be told so; the reverse is judged by hand.
    if (use?.foundAbsent === true) expect(spec.lake.looksForAbsent).toBe(true);
  });
});

describe("the database rights", () => {
  it("belong to the functions whose steps use the database, and to the migration", () => {
    const users = specs.filter(([, spec]) => spec.usesDatabase === true).map(([name, spec]) => spec.state ?? name);
    expect(sorted([...usersOfDatabase, "migrate-database"])).toEqual(sorted(users));
  });
});

/** Calls of the SDK that the adapters make, and the IAM actions that they need. */
const ACTIONS_OF_CALLS: Readonly<Record<string, readonly string[]>> = {
  ListObjectsV2: ["s3:ListBucket"],
  HeadObject: ["s3:GetObject"],
  GetObject: ["s3:GetObject"],
  PutObject: ["s3:PutObject"],
  CopyObject: ["s3:GetObject", "s3:PutObject"],
  CreateMultipartUpload: ["s3:PutObject"],
  UploadPartCopy: ["s3:GetObject", "s3:PutObject"],
  CompleteMultipartUpload: ["s3:PutObject"],
  AbortMultipartUpload: ["s3:AbortMultipartUpload"],
  BeginTransaction: ["rds-data:BeginTransaction"],
  CommitTransaction: ["rds-data:CommitTransaction"],
  RollbackTransaction: ["rds-data:RollbackTransaction"],
  ExecuteStatement: ["rds-data:ExecuteStatement"],
  StartExecution: ["states:StartExecution"],
  DescribeExecution: ["states:DescribeExecution"],
  DeleteObjects: ["s3:DeleteObject"],
  StopQueryExecution: ["athena:StopQueryExecution"],
  // Used by no function: the engine for tools.
  StartQueryExecution: [],
  GetQueryExecution: [],
  GetSecretValue: ["secretsmanager:GetSecretValue"],
  // Made by whoever erases a customer, with rights of their own.
  ListExecutions: [],
  ListObjectVersions: [],
};

describe("the policies of the functions", () => {
  const { workflow, api } = templatesWith({
    mlflowTrackingUri: "https://mlflow.shop.example",
    mlflowSecret: "shop/mlflow",
  });
  const byRole = { ...statementsByRole(workflow), ...statementsByRole(api) };
  const lambdas = [workflow, api].flatMap((template) => Object.values(resourcesOf(template, "AWS::Lambda::Function")));

  it("know every call that the adapters make", () => {
    const directory = join(PROJECT_ROOT, "lib/aws");
    const text = readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(directory, file), "utf8"))
      .join("\n");
    const calls = new Set([...text.matchAll(/new (\w+)Command\(/g)].map(([, call]) => call as string));
    expect(sorted(calls)).toEqual(sorted(Object.keys(ACTIONS_OF_CALLS)));
  });

  it.each(specs)("%s: allow exactly the actions of its calls", (name, spec) => {
    const { Properties } = lambdas.find(
      (resource) =>
        (resource.Properties.Environment as { Variables: Record<string, string> }).Variables.POWERTOOLS_SERVICE_NAME ===
        name,
    ) as unknown as { Properties: { Role: { "Fn::GetAtt": [string] } } };
    const statements = byRole[Properties.Role["Fn::GetAtt"][0]] ?? [];
    expect(sorted(new Set(statements.flatMap((statement) => listOf(statement.Action))))).toEqual(
      sorted(expectedActions(spec)),
    );
    const objects = (action: string) =>
      statements
        .filter((statement) => listOf(statement.Action).includes(action))
        .flatMap((statement) => listOf(statement.Resource).map(resourceText));
    expect(sorted(objects("s3:GetObject"))).toEqual(sorted(spec.lake.reads.map((zone) => `<>/${zone}*`)));
    expect(sorted(objects("s3:DeleteObject"))).toEqual(sorted((spec.lake.removes ?? []).map((keys) => `<>/${keys}`)));
    expect(sorted(objects("s3:PutObject"))).toEqual(sorted(spec.lake.writes.map((zone) => `<>/${zone}*`)));
  });
});

function expectedActions({
  lake,
  usesDatabase,
  startsRuns,
  startsScoreJobs,
  stopsQueries,
  asksForRuns,
  logsModels,
}: FunctionSpec): Set<string> {
  const calls = [
    ...(lake.reads.length > 0 ? ["GetObject", "HeadObject"] : []),
    ...(lake.writes.length > 0 ? ["PutObject", "CreateMultipartUpload", "AbortMultipartUpload"] : []),
    ...(lake.lists.length > 0 || lake.looksForAbsent ? ["ListObjectsV2"] : []),
    ...(lake.removes === undefined ? [] : ["DeleteObjects"]),
    // With a stream start-run, too; the template's test has it.
    ...(asksForRuns === true ? ["DescribeExecution"] : []),
    ...(stopsQueries === true ? ["StopQueryExecution"] : []),
    ...(logsModels === true ? ["GetSecretValue"] : []),
    ...(usesDatabase === true ? ["ExecuteStatement"] : []),
    ...(usesDatabase === true && startsScoreJobs !== true
      ? ["BeginTransaction", "CommitTransaction", "RollbackTransaction"]
      : []),
    ...(startsRuns === true || startsScoreJobs === true ? ["StartExecution"] : []),
  ];
  return new Set([
    ...calls.flatMap((call) => ACTIONS_OF_CALLS[call] as string[]),
    // The runtime's own: its log, its trace.
    ...["logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    // S3 uses the bucket's key for its caller, the Data API the secret.
    ...(lake.reads.length + lake.writes.length > 0 ? ["kms:Decrypt"] : []),
    ...(lake.writes.length > 0 ? ["kms:GenerateDataKey"] : []),
    ...(usesDatabase === true ? ["secretsmanager:GetSecretValue"] : []),
    // Lambda puts events that start-run could not handle into the queue.
    ...(startsRuns === true ? ["sqs:SendMessage"] : []),
  ]);
}
