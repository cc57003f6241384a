import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  DatabaseErrorException,
  DatabaseResumingException,
  ExecuteStatementCommand,
  RDSDataClient,
  RollbackTransactionCommand,
} from "@aws-sdk/client-rds-data";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { openDataApi } from "../../../lib/aws/database/dataApi.ts";

const client = new RDSDataClient({ region: "us-east-1" });
const rds = mockClient(client);
const waits: number[] = [];
const place = { clusterArn: "arn:cluster", secretArn: "arn:secret", databaseName: "segments" };
const api = openDataApi({ client, ...place, sleep: async (ms) => void waits.push(ms), resumeTimeoutMs: 60_000 });
const resuming = new DatabaseResumingException({
  message: "Aurora DB instance is resuming after being auto-paused.",
  $metadata: {},
});

beforeEach(() => {
  rds.reset();
  waits.length = 0;
  rds.on(BeginTransactionCommand).resolves({ transactionId: "t-1" });
  rds.on(CommitTransactionCommand).resolves({});
  rds.on(RollbackTransactionCommand).resolves({});
});

describe("openDataApi", () => {
  it("sends values as typed parameters and never as text of the statement", async () => {
    rds.on(ExecuteStatementCommand).resolves({ formattedRecords: '[{"id":"1","n":2}]' });
    const rows = await api.query("select :a, :b, :c, :d, :e", {
      a: "'; drop table x; --",
      b: 12,
      c: 1.5,
      d: null,
      e: true,
    });
    expect(rows).toEqual([{ id: "1", n: 2 }]);
    expect(rds.commandCalls(ExecuteStatementCommand)[0]?.args[0].input).toMatchObject({
      resourceArn: "arn:cluster",
      secretArn: "arn:secret",
      database: "segments",
      sql: "select :a, :b, :c, :d, :e",
      formatRecordsAs: "JSON",
      parameters: [
        { name: "a", value: { stringValue: "'; drop table x; --" } },
        { name: "b", value: { longValue: 12 } },
        { name: "c", value: { doubleValue: 1.5 } },
        { name: "d", value: { isNull: true } },
        { name: "e", value: { booleanValue: true } },
      ],
    });
  });

  it("waits for a database that starts again from zero, longer each time", async () => {
    rds
      .on(ExecuteStatementCommand)
      .rejectsOnce(resuming)
      .rejectsOnce(resuming)
      .rejectsOnce(resuming)
      .resolves({ formattedRecords: "[]" });
    expect(await api.query("select 1")).toEqual([]);
    expect(waits).toEqual([2_000, 4_000, 8_000]);
  });

  it("waits for it at the beginning of a transaction, too", async () => {
    rds.on(BeginTransactionCommand).rejectsOnce(resuming).resolves({ transactionId: "t-9" });
    expect(await api.transaction(async (id) => id)).toBe("t-9");
  });

  it("gives up on a database that does not come back", async () => {
    rds.on(ExecuteStatementCommand).rejects(resuming);
    await expect(api.query("select 1")).rejects.toThrow(DatabaseResumingException);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(60_000);
  });

  it("does not repeat a statement that PostgreSQL refused", async () => {
    rds
      .on(ExecuteStatementCommand)
      .rejects(new DatabaseErrorException({ message: "ERROR: no; SQLState: 42P01", $metadata: {} }));
    await expect(api.query("select 1")).rejects.toThrow(DatabaseErrorException);
    expect(rds.commandCalls(ExecuteStatementCommand)).toHaveLength(1);
  });

  it("commits what went well and rolls back what did not, with the first error", async () => {
    await api.transaction(async () => "done");
    expect(rds.commandCalls(CommitTransactionCommand)).toHaveLength(1);
    rds.on(RollbackTransactionCommand).rejects(new Error("rollback failed too"));
    await expect(api.transaction(() => Promise.reject(new Error("the first error")))).rejects.toThrow(
      "the first error",
    );
    expect(rds.commandCalls(RollbackTransactionCommand)[0]?.args[0].input).toMatchObject({ transactionId: "t-1" });
    expect(rds.commandCalls(CommitTransactionCommand)).toHaveLength(1);
  });
});
