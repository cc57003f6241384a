import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { AthenaStatementError, openAthenaEngine } from "../../lib/aws/athenaEngine.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";

const client = new AthenaClient({ region: "us-east-1" });
const athena = mockClient(client);
const waits: number[] = [];
const engineWith = (timeoutMs = 60_000) =>
  openAthenaEngine({
    client,
    workGroup: "rfm-test",
    database: "rfm_test",
    timeoutMs,
    sleep: async (ms) => void waits.push(ms),
  });

const execution = (
  state: "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED",
  more: QueryExecution = {},
): { QueryExecution: QueryExecution } => ({
  QueryExecution: { QueryExecutionId: "q-1", Status: { State: state }, ...more },
});

beforeEach(() => {
  athena.reset();
  waits.length = 0;
  athena.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: "q-1" });
});

describe("openAthenaEngine", () => {
  it("starts a statement in its workgroup and database and reports what it scanned", async () => {
    athena
      .on(GetQueryExecutionCommand)
      .resolvesOnce(execution("QUEUED"))
      .resolvesOnce(execution("RUNNING"))
      .resolves(execution("SUCCEEDED", { Statistics: { DataScannedInBytes: 1_234, TotalExecutionTimeInMillis: 987 } }));
    expect(await engineWith().run("-- build_features\nselect 1")).toEqual({ bytesScanned: 1_234, elapsedMs: 987 });
    const input = athena.commandCalls(StartQueryExecutionCommand)[0]?.args[0].input;
    expect(input).toMatchObject({
      QueryString: "-- build_features\nselect 1",
      WorkGroup: "rfm-test",
      QueryExecutionContext: { Database: "rfm_test" },
    });
    expect(waits).toHaveLength(2);
    expect(waits[1]).toBeGreaterThan(waits[0] as number);
  });

  it("gives each call a token of its own that Athena takes", async () => {
    athena.on(GetQueryExecutionCommand).resolves(execution("SUCCEEDED"));
    await engineWith().run("select 1");
    await engineWith().run("select 1");
    const tokens = athena
      .commandCalls(StartQueryExecutionCommand)
      .map((call) => call.args[0].input.ClientRequestToken as string);
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{32,128}$/);
  });

  it("says which statement failed and why, in Athena's words", async () => {
    const Status = {
      State: "FAILED",
      StateChangeReason: "SYNTAX_ERROR: line 3:8: Column 'x' cannot be resolved",
      AthenaError: { ErrorCategory: 2, Retryable: false },
    } as const;
    athena.on(GetQueryExecutionCommand).resolves({ QueryExecution: { Status } });
    const failure = await engineWith()
      .run("-- marts/by_month\nselect x")
      .catch((error) => error);
    expect(failure).toBeInstanceOf(AthenaStatementError);
    expect(failure.message).toBe("Athena failed marts/by_month: SYNTAX_ERROR: line 3:8: Column 'x' cannot be resolved");
    expect(failure.context).toMatchObject({ queryExecutionId: "q-1", errorCategory: 2 });
  });

  it("runs a statement again whose fault passes, stopping the first and emptying where it wrote", async () => {
    const failed = (StateChangeReason: string) =>
      execution("FAILED", { Status: { State: "FAILED", StateChangeReason } });
    athena
      .on(GetQueryExecutionCommand)
      .resolvesOnce(failed("ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: ingests"))
      .resolvesOnce(failed("HIVE_S3_ERROR: Please reduce your request rate"))
      .resolves(execution("SUCCEEDED"));
    athena.on(StopQueryExecutionCommand).resolves({});
    const store = openFolderStore(mkdtempSync(join(tmpdir(), "athena-")));
    await store.write("staging/answer/half", "x");
    await store.write("staging/other", "x");
    const engine = openAthenaEngine({
      client,
      store,
      workGroup: "w",
      database: "d",
      sleep: async (ms) => void waits.push(ms),
    });
    await engine.run(`-- a\nunload (select 1) to '${store.uri}/staging/answer/' with (format = 'PARQUET')`);
    expect(athena.commandCalls(StartQueryExecutionCommand)).toHaveLength(3);
    expect(athena.commandCalls(StopQueryExecutionCommand)).toHaveLength(2);
    expect((await store.list("staging/")).map(({ key }) => key)).toEqual(["staging/other"]);
    expect(waits[1]).toBeGreaterThanOrEqual(2 * (waits[0] as number) * 0.6);
  });

  it("gives up on a fault that does not pass in time, and on an UNLOAD without a store to empty", async () => {
    const StateChangeReason = "Query exhausted resources at this scale factor";
    athena
      .on(GetQueryExecutionCommand)
      .resolves(execution("FAILED", { Status: { State: "FAILED", StateChangeReason } }));
    athena.on(StopQueryExecutionCommand).resolves({});
    await expect(engineWith().run("select 1")).rejects.toThrow(StateChangeReason);
    expect(athena.commandCalls(StartQueryExecutionCommand)).toHaveLength(5);
    await expect(engineWith().run("unload (select 1) to 's3://b/x/' with (format = 'PARQUET')")).rejects.toThrow();
    expect(athena.commandCalls(StartQueryExecutionCommand)).toHaveLength(6);
  });

  it("tells a stopped statement (by hand, or at the workgroup's limit of bytes) from a failed one", async () => {
    athena.on(GetQueryExecutionCommand).resolves(
      execution("CANCELLED", {
        Status: { State: "CANCELLED", StateChangeReason: "Bytes scanned limit was exceeded" },
      }),
    );
    await expect(engineWith().run("select 1")).rejects.toThrow(
      "Athena stopped a statement: Bytes scanned limit was exceeded",
    );
  });

  it("stops a statement that takes too long", async () => {
    athena.on(GetQueryExecutionCommand).resolves(execution("RUNNING"));
    athena.on(StopQueryExecutionCommand).resolves({});
    await expect(engineWith(10_000).run("select 1")).rejects.toThrow(/did not end a statement within 10 s/);
    expect(athena.commandCalls(StopQueryExecutionCommand)[0]?.args[0].input).toEqual({ QueryExecutionId: "q-1" });
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
  });

  it("passes throttling on under its name", async () => {
    athena
      .on(StartQueryExecutionCommand)
      .rejects(Object.assign(new Error("Rate exceeded"), { name: "TooManyRequestsException" }));
    await expect(engineWith().run("select 1")).rejects.toMatchObject({ name: "TooManyRequestsException" });
  });
});
