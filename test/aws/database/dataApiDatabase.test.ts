import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseErrorException, StatementTimeoutException } from "@aws-sdk/client-rds-data";
import { describe, expect, it } from "vitest";
import { openDataApiDatabase, STATEMENTS } from "../../../lib/aws/database/dataApiDatabase.ts";
import { IMPORT_STATEMENTS } from "../../../lib/aws/database/dataApiImport.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import {
  DatabaseError,
  RowCountError,
  RunNotStagedError,
  SegmentPartError,
  UnknownRunError,
} from "../../../lib/postgres/errors.ts";
import { readMigrations } from "../../../lib/postgres/migrations.ts";
import { MOVEMENT_COLUMNS } from "../../../lib/tables/marts.ts";
import { SEGMENT_COLUMNS } from "../../../lib/tables/segments.ts";
import { type Call, recordedApi } from "../fakeDataApi.ts";

const refused = (message: string): Error => new DatabaseErrorException({ message, $metadata: {} });
const timedOut = (): Error =>
  new StatementTimeoutException({ message: "Request timed out", dbConnectionId: 1, $metadata: {} } as never);
const HEADER = `${SEGMENT_COLUMNS.join(",")}\n`;

function databaseOver(answer: (call: Call) => object[] | Error, pieceBytes?: number) {
  const api = recordedApi(answer);
  const database = openDataApiDatabase({
    api,
    region: "eu-west-1",
    migrations: () => readMigrations(),
    sleep: async () => undefined,
    publishTimeoutMs: 20_000,
    ...(pieceBytes === undefined ? {} : { pieceBytes }),
  });
  return { api, database };
}

const emptyStore = async () => openFolderStore(await mkdtemp(join(tmpdir(), "rfm-database-")));

/** Answers like a database with a staged run into which everything can be imported. */
const importing = ({ sql }: Call): object[] => {
  if (sql === IMPORT_STATEMENTS.beginPart)
    return [{ stagedLoad: 7, tableName: "staged_load_7", isNew: true, knownRows: null }];
  if (sql === IMPORT_STATEMENTS.importPart)
    return [{ answer: '3 rows imported into relation "rfm.staged_load_7" from file x of 99 bytes' }];
  return [];
};

describe("stageRun", () => {
  it("passes the run as parameters with the casts that PostgreSQL needs", async () => {
    const { api, database } = databaseOver(() => []);
    const run = {
      runId: "r'1",
      modelVersion: "m",
      snapshotDate: "2011-12-10",
      createdAt: "2011-12-10T00:00:00Z",
      customers: 4_338,
      summary: '{"a":1}',
    };
    await database.stageRun(run);
    expect(api.calls[0]).toMatchObject({ sql: STATEMENTS.stageRun, parameters: run });
    for (const name of Object.keys(run)) expect(STATEMENTS.stageRun).toContain(`:${name}`);
  });
});

describe("loadPart", () => {
  it("lets PostgreSQL fetch a part from the bucket, announced and recorded in one transaction", async () => {
    const store = await emptyStore();
    const { etag } = await store.write("curated/run/part 00000.csv", `${HEADER}rows`);
    const { api, database } = databaseOver(importing);
    expect(await database.loadPart("run", store, "curated/run/part 00000.csv")).toBe(3);
    expect(api.calls.map(({ sql }) => sql)).toEqual([
      IMPORT_STATEMENTS.beginPart,
      IMPORT_STATEMENTS.importPart,
      IMPORT_STATEMENTS.finishPart,
    ]);
    expect(api.calls[0]?.parameters).toEqual({ runId: "run", part: "curated/run/part 00000.csv", etag });
    expect(api.calls[1]?.parameters).toEqual({
      tableName: "rfm.staged_load_7",
      columnList: SEGMENT_COLUMNS.join(","),
      copyOptions: "(format csv, header match, encoding 'UTF8')",
      bucket: "lake",
      key: "curated/run/part 00000.csv",
      region: "eu-west-1",
    });
    expect(api.calls[2]?.parameters).toEqual({ stagedLoad: 7, part: "curated/run/part 00000.csv", rows: 3 });
    expect(new Set(api.calls.map(({ options }) => options.transactionId)).size).toBe(1);
    expect(api.ended).toEqual(["committed"]);
  });

  it("announces a part with movements as such, and names its columns", async () => {
    const store = await emptyStore();
    await store.write("moves.csv", `${MOVEMENT_COLUMNS.join(",")}\nrows`);
    const { api, database } = databaseOver((call) =>
      call.sql === IMPORT_STATEMENTS.beginMovementsPart
        ? [{ stagedLoad: 7, tableName: "staged_movements_7", isNew: true, knownRows: null }]
        : importing(call),
    );
    expect(await database.loadPart("run", store, "moves.csv", "movements")).toBe(3);
    expect(api.calls[1]?.parameters).toMatchObject({
      tableName: "rfm.staged_movements_7",
      columnList: MOVEMENT_COLUMNS.join(","),
    });
  });

  it("imports a large part in pieces of whole records, each with the header", async () => {
    const store = await emptyStore();
    const rows = Array.from({ length: 100 }, (_, i) => `"customer\n${i}",${"1,".repeat(14)}x\n`);
    await store.write("part.csv", HEADER + rows.join(""));
    const { api, database } = databaseOver(importing, 1_000);
    const imported = await database.loadPart("run", store, "part.csv");
    const keys = api.calls
      .filter(({ sql }) => sql === IMPORT_STATEMENTS.importPart)
      .map(({ parameters }) => String(parameters.key));
    expect(keys.length).toBeGreaterThan(1);
    expect(imported).toBe(3 * keys.length);
    const texts = await Promise.all(keys.map(async (key) => new TextDecoder().decode(await store.read(key))));
    for (const key of keys) expect(key).toMatch(/^staging\/part\.csv\/piece-\d{4}\.csv$/);
    expect(texts.map((text) => text.slice(HEADER.length)).join("")).toBe(rows.join(""));
  });

  it("does not import a part twice", async () => {
    const store = await emptyStore();
    await store.write("part.csv", HEADER);
    const { api, database } = databaseOver(() => [
      { stagedLoad: 7, tableName: "staged_load_7", isNew: false, knownRows: 42 },
    ]);
    expect(await database.loadPart("run", store, "part.csv")).toBe(42);
    expect(api.calls).toHaveLength(1);
  });

  it("says which part is missing, and where a part is wrong, without its values", async () => {
    const store = await emptyStore();
    await store.write("part.csv", `${HEADER}x`);
    const { database } = databaseOver(importing);
    await expect(database.loadPart("run", store, "missing.csv")).rejects.toThrow(SegmentPartError);
    const message =
      'ERROR: invalid input syntax for type integer: "secret@customer"\n  Where: COPY staged_load_7, line 12, column recency_days; SQLState: 22P02';
    const { api, database: failing } = databaseOver((call) =>
      call.sql === IMPORT_STATEMENTS.importPart ? refused(message) : importing(call),
    );
    const failure = await failing.loadPart("run", store, "part.csv").catch((error) => error);
    expect(failure).toBeInstanceOf(SegmentPartError);
    expect(failure.message).toMatch(/part\.csv .* in line 12, column recency_days/);
    expect(api.ended).toEqual(["rolled back"]);
  });

  it("refuses an answer that is no number of rows", async () => {
    const store = await emptyStore();
    await store.write("part.csv", HEADER);
    const { database } = databaseOver((call) =>
      call.sql === IMPORT_STATEMENTS.importPart ? [{ answer: "nothing" }] : importing(call),
    );
    await expect(database.loadPart("run", store, "part.csv")).rejects.toThrow(DatabaseError);
  });
});

describe("publish", () => {
  it("is one call, which goes on where the Data API stops waiting", async () => {
    const { api, database } = databaseOver(() => []);
    await database.publish("run", 4_338);
    expect(api.calls).toMatchObject([
      {
        sql: STATEMENTS.publishRun,
        parameters: { runId: "run", expectedRows: 4_338, keepRuns: 12 },
        options: { continueAfterTimeout: true },
      },
    ]);
  });

  it("watches a publication that takes longer than 45 s until the run is the current one", async () => {
    let looks = 0;
    const { database } = databaseOver(({ sql }) =>
      sql === STATEMENTS.publishRun ? timedOut() : [{ found: ++looks < 3 ? 0 : 1 }],
    );
    await database.publish("run", 1);
    expect(looks).toBe(3);
  });

  it("gives up on one that never ends", async () => {
    const { database } = databaseOver(({ sql }) => (sql === STATEMENTS.publishRun ? timedOut() : [{ found: 0 }]));
    await expect(database.publish("run", 1)).rejects.toThrow(/failed to publish run 'run'/);
  });

  it.each([
    ["RF001", UnknownRunError],
    ["RF002", RowCountError],
    ["RF005", RunNotStagedError],
  ])("gives SQLSTATE %s its name", async (code, type) => {
    const { database } = databaseOver(() => refused(`ERROR: run 'run' is not right; SQLState: ${code}`));
    await expect(database.publish("run", 1)).rejects.toThrow(type);
    await expect(database.republish("run")).rejects.toThrow(/^run 'run' is not right\. /);
  });
});

describe("migrate", () => {
  it("makes the extension, then each statement of each migration by itself, all in one transaction", async () => {
    const { api, database } = databaseOver(({ sql }) =>
      /as version/.test(sql)
        ? [{ version: 170_007 }]
        : /as present/.test(sql)
          ? [{ present: false, schema: false }]
          : [],
    );
    await database.migrate();
    expect(api.ended).toEqual(["committed"]);
    const statements = api.calls.map(({ sql }) => sql);
    expect(statements[1]).toBe(STATEMENTS.extension);
    expect(statements.filter((sql) => /^create table rfm\.loads/.test(sql))).toHaveLength(1);
    const recorded = api.calls.filter(({ sql }) => /insert into rfm\.schema_migrations/.test(sql));
    expect(recorded).toHaveLength((await readMigrations()).length);
    expect(recorded[0]?.sql).toContain("values (:p1, :p2, :p3)");
    expect(recorded[0]?.parameters).toMatchObject({ p1: 1 });
  });
});

describe("runs", () => {
  it("reads the summaries one by one and keeps its own colons out of the statements", async () => {
    const { api, database } = databaseOver(({ sql, parameters }) =>
      sql === STATEMENTS.runs
        ? [
            { run_id: "a", created_at: 0, published_at: "1", customers: "3", is_current: true },
            { run_id: "b", created_at: 0, published_at: 1, customers: 3, is_current: false },
          ]
        : [{ summary: `{"of":"${parameters.runId}"}` }],
    );
    expect((await database.runs()).map(({ runId, summary }) => [runId, summary])).toEqual([
      ["a", '{"of":"a"}'],
      ["b", '{"of":"b"}'],
    ]);
    expect(api.calls).toHaveLength(3);
    for (const sql of [...Object.values(STATEMENTS), ...Object.values(IMPORT_STATEMENTS)]) {
      expect(sql).not.toContain("::");
      for (const [literal] of sql.matchAll(/'[^']*'/g)) expect(literal).not.toContain(":");
    }
  });
});
