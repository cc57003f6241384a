import { describe, expect, it } from "vitest";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { MAX_REPEATS } from "../../lib/workflow/sql/passingFaults.ts";
import { statementName, unloadTarget } from "../../lib/workflow/sql/statementText.ts";
import { type RepeatInput, repeatStatement } from "../../lib/workflow/steps/repeatStatement.ts";
import { temporaryFolder } from "../support/lake.ts";

const store = openFolderStore(temporaryFolder());
const insert = "-- ingest/commit_ingest\ninsert into ingests select 1";

/** Repeats, and what was done meanwhile. */
async function repeat(input: Partial<RepeatInput>) {
  const waits: number[] = [];
  const stopped: string[] = [];
  const ports = {
    store,
    sleep: async (ms: number) => void waits.push(ms),
    stopQuery: async (id: string) => void stopped.push(id),
  };
  const fault = { Error: "States.TaskFailed", Cause: failed("ICEBERG_COMMIT_ERROR: x") };
  const repeats = await repeatStatement(ports, { statement: insert, fault, repeats: {}, ...input });
  return { repeats, waits, stopped };
}

const failed = (StateChangeReason: string, State = "FAILED", more = {}): string =>
  JSON.stringify({
    QueryExecution: { QueryExecutionId: "q-1", Query: "select 1", Status: { State, StateChangeReason, ...more } },
  });
const fault = (Cause: string, error = "States.TaskFailed"): RepeatInput["fault"] => ({ Error: error, Cause });

describe("repeatStatement", () => {
  it.each([
    "ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: transactions. If a data manifest file was generated …",
    "HIVE_S3_ERROR: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)",
    "Query exhausted resources at this scale factor",
    "GENERIC_INTERNAL_ERROR: io.trino.spi.TrinoException",
    "Rate exceeded (Service: Amazon Glue; Status Code: 400; Error Code: ThrottlingException)",
    "TOO_MANY_REQUESTS_FAILED: Encountered too many errors talking to a worker node. The node may have crashed …",
  ])("waits and stops the query for %s", async (reason) => {
    const { repeats, waits, stopped } = await repeat({ fault: fault(failed(reason)) });
    expect(repeats).toEqual({ "ingest/commit_ingest": 1 });
    expect(stopped).toEqual(["q-1"]);
    expect(waits).toHaveLength(1);
  });

  it("believes Athena that says a query may be sent again", async () => {
    const Cause = failed("HIVE_CURSOR_ERROR: read", "FAILED", { AthenaError: { Retryable: true } });
    expect((await repeat({ fault: fault(Cause) })).stopped).toEqual(["q-1"]);
  });

  it("repeats a call that was throttled to the end: nothing had begun", async () => {
    const { repeats, stopped } = await repeat({ fault: fault("Rate exceeded", "Athena.TooManyRequestsException") });
    expect([repeats, stopped]).toEqual([{ "ingest/commit_ingest": 1 }, []]);
  });

  it("counts by statement, waits longer each time, and gives up in the end with the reason", async () => {
    let repeats: RepeatInput["repeats"] = { "other/statement": 3 };
    const waits: number[] = [];
    for (let time = 1; time <= MAX_REPEATS; time++) {
      const done = await repeat({ repeats });
      repeats = done.repeats;
      waits.push(...done.waits);
    }
    expect(repeats).toEqual({ "other/statement": 3, "ingest/commit_ingest": MAX_REPEATS });
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    // The function's own time ends at 170 s.
    expect(waits.at(-1)).toBeLessThan(150_000);
    await expect(repeat({ repeats })).rejects.toMatchObject({
      name: "StatementFailedError",
      message: "The SQL statement ingest/commit_ingest failed (after 4 repeats): ICEBERG_COMMIT_ERROR: x",
    });
  });

  it.each([
    ["a fault of the statement itself", failed("SYNTAX_ERROR: line 1:8"), "StatementFailedError"],
    ["a statement that quotes a passing fault", failed("TYPE_MISMATCH: 1"), "StatementFailedError"],
    ["a query that somebody stopped", failed("GENERIC_INTERNAL_ERROR", "CANCELLED"), "StatementFailedError"],
    ["a query of which nobody knows how it ended", "GENERIC_INTERNAL_ERROR", "States.TaskFailed"],
  ])("does not repeat %s", async (_what, Cause, name) => {
    await expect(repeat({ fault: fault(Cause) })).rejects.toMatchObject({ name });
  });

  it("removes what an UNLOAD has left, and nothing beside it", async () => {
    for (const key of ["curated/a/features/x", "curated/a/features/deep/y", "curated/a/features_old/z"])
      await store.write(key, "x");
    const unload = `-- features/build_features\n-- Grain: to 's3://elsewhere/' with (\nunload (select 1) to '${store.uri}/curated/a/features' with (format = 'PARQUET')`;
    await repeat({ statement: unload });
    expect((await store.list("curated/")).map(({ key }) => key)).toEqual(["curated/a/features_old/z"]);
    await expect(
      repeat({ statement: unload.replace(`${store.uri}/curated`, "s3://elsewhere/curated") }),
    ).rejects.toThrow(/not in the lake/);
  });
});

describe("the text of a statement", () => {
  it("has a name, and a target where it unloads", () => {
    expect(statementName(insert)).toBe("ingest/commit_ingest");
    expect(statementName("select 1")).toBe("(unnamed)");
    expect(unloadTarget(insert)).toBeUndefined();
    expect(unloadTarget("unload (select ' to ''s3://no/'' with (') to 's3://yes/x' with (format = 'PARQUET')")).toBe(
      "s3://yes/x/",
    );
  });
});
