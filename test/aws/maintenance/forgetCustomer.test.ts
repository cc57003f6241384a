import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CloudErasureReport,
  type CloudErasureRequest,
  forgetCustomer,
} from "../../../lib/aws/maintenance/forgetCustomer.ts";
import { customerDigest } from "../../../lib/domain/audience/erasure.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../../../lib/local/duckdb/index.ts";
import { erasureFiles } from "../../../lib/local/erasure/erasureFiles.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import type { ObjectStore } from "../../../lib/ports.ts";
import { readErased, unprovenText } from "../../../lib/workflow/lake/erasures.ts";
import { liveSources, takeOut } from "../../../lib/workflow/ledger/forgetSource.ts";
import { renderStatement, renderStatementFrom } from "../../../lib/workflow/sql/render.ts";
import { recordedApi } from "../fakeDataApi.ts";

/** Whoever chose this id meant no good. */
const PERSON = "O'Neil') to 's3://x/'; --";
const SQL_PERSON = PERSON.replaceAll("'", "''");
const clock = { now: () => new Date("2024-05-01T00:00:00Z") };
const root = mkdtempSync(join(tmpdir(), "rfm-forget-"));
const folder = join(root, "bucket");

let engine: DuckDbEngine;
let store: ObjectStore;
const iceberg: string[] = [];
/** DuckDB in Athena's place; what only Iceberg has is noted. */
const sql = {
  run: async (statement: string) => {
    if (!/^(alter|optimize|vacuum) /.test(statement)) return engine.run(statement);
    iceberg.push(statement.split(" ").slice(0, 2).join(" "));
    return { bytesScanned: 0, elapsedMs: 0 };
  },
};

const parquet = (key: string, query: string) => {
  mkdirSync(join(folder, key, ".."), { recursive: true });
  return engine.query(`copy (${query}) to '${join(folder, key).replaceAll("'", "''")}' (format parquet)`);
};
const rawRows = (...rows: readonly (readonly [source: string, customer: string])[]) =>
  `select * from (values ${rows.map(([source, id]) => `('${source}', '${id.replaceAll("'", "''")}', 'x')`).join(", ")}) t (source, customer_id, description)`;
const customersOf = async (key: string) =>
  (await engine.query(`select customer_id from read_parquet('${join(folder, key)}') order by 1`)).map((row) =>
    String(row.customer_id),
  );

/** As an earlier release kept it. */
const SPELLING = `\u200b${PERSON}`;
const erasedTables = new Set<string>();
const database = recordedApi(({ sql: text, parameters }) => {
  if (text.includes("information_schema"))
    return ["loads", "movements", "runs", "segments", "staged_load_7"].map((name) => ({ name }));
  if (text.includes("from rfm.loads")) return [{ run_id: "r1" }, { run_id: "gone" }];
  const [, erased] = /^delete from (\S+)/.exec(text) ?? [];
  if (erased !== undefined) erasedTables.add(erased);
  const wanted = erased === undefined ? PERSON : SPELLING;
  expect(Object.values(parameters).includes(wanted) || text.startsWith("update")).toBe(true);
  // Each table has the customer once, in an earlier spelling.
  const [, table] = /^select distinct customer_id from (\S+)/.exec(text) ?? [];
  if (table === undefined) return [];
  return erasedTables.has(table) ? [] : [{ customer_id: SPELLING }, { customer_id: `${PERSON}x` }];
});

const request = (changed: Partial<CloudErasureRequest> = {}): CloudErasureRequest => ({
  ...{ store, sql, database, clock, token: "t1", customerId: PERSON, newSalt: () => "5a17" },
  ...erasureFiles(engine),
  oldVersions: { remove: async () => 3, keys: async () => [] },
  scratch: {
    open: async () => mkdtempSync(join(root, "batch-")),
    remove: async (directory) => rmSync(directory, { recursive: true }),
  },
  tell: () => undefined,
  ...changed,
});

beforeAll(async () => {
  mkdirSync(folder);
  engine = await openDuckDbEngine({ lakeDirectory: folder, threads: 1, tempDirectory: join(root, "tmp") });
  store = openFolderStore(folder);
  for (const table of ["transactions", "ingests", "shared_orders"])
    await engine.run(renderStatementFrom(`ddl/${table}`, { lake_uri: store.uri }));
  const lines = `insert into transactions (ingest_id, source, line_number, customer_id) values`;
  await engine.query(
    `${lines} ('i1', 'box.zip/a.csv', 2, '${SQL_PERSON}'), ('i1', 'box.zip/a.csv', 3, 'b'), ('i2', 'b.csv', 2, 'b')`,
  );
  await engine.query(
    `insert into shared_orders (order_key) values ('${SQL_PERSON} | P1 | 1 | 2'), ('${SQL_PERSON}x | P1'), ('b | ${SQL_PERSON} | 1')`,
  );
  await engine.query(
    "insert into ingests (ingest_id, source, rows_in, committed_at, is_removed) values ('i1', 'box.zip/a.csv', 2, '2024-01-01', false), ('i2', 'b.csv', 1, '2024-01-02', false)",
  );
  await parquet(
    "raw/ingest_id=i1/rows/part-00000.parquet",
    rawRows(["box.zip/a.csv", ` ${PERSON}`], ["box.zip/a.csv", "b"]),
  );
  await parquet("raw/ingest_id=i2/rows/part-00000.parquet", rawRows(["b.csv", "b"]));
  // Rows that never came to the tables: the drop failed.
  await parquet("raw/ingest_id=i3/rows/part-00000.parquet", rawRows(["c.xlsx", PERSON], ["c.xlsx", "c"]));
  // As Athena names what it unloads.
  await parquet(
    "curated/run_id=r1/attempt=a/features/20240101_000000_00001_abcde_1f",
    rawRows(["", PERSON], ["", "b"]),
  );
  for (const key of ["raw/ingest_id=i1/original/box.zip", "incoming/box.zip", "raw/ingest_id=i3/original/c.xlsx"])
    await store.write(key, Buffer.from([0x50, 0x4b, 3, 4, 0, 1, 2]));
  await store.write("raw/ingest_id=i2/original/b.csv", "customer\nb\n");
  await store.write("incoming/b.csv", "customer\nb\n");
  await store.write("curated/run_id=r1/attempt=a/segments.csv", `customer_id,m\n${PERSON},1\nb,2\n`);
  await store.write("runs/r1.json", JSON.stringify({ runId: "r1", summaryKey: "reports/r1.json" }));
  await store.write("reports/r1.json", JSON.stringify({ top: [{ customerId: PERSON }, { customerId: "b" }] }));
  await store.write("reports/r1.html", `<p>${PERSON}</p>`);
  await store.write("athena-results/q.csv", `"who"\n"${PERSON}"\n`);
  // Somebody else's folder in the same bucket.
  await store.write("elsewhere/a.csv", `customer_id\n${PERSON}\n`);
});
afterAll(() => {
  engine.close();
  rmSync(root, { recursive: true, force: true });
});

describe("the erasure of a customer on AWS", () => {
  let report: CloudErasureReport;
  it("knows nobody else, and then changes nothing", async () => {
    const nobody = forgetCustomer(request({ customerId: "n'obody" }));
    await expect(nobody).rejects.toMatchObject({ code: "UNKNOWN_CUSTOMER" });
    await expect(forgetCustomer(request({ customerId: "a\0b" }))).rejects.toMatchObject({
      code: "SQL_PARAMETER",
    });
    expect(iceberg).toEqual([]);
    expect(database.calls).toEqual([]);
    expect(await readErased(store)).toBeUndefined();
  });

  it("that is cut short is told at once, and by the record from then on", async () => {
    const run = async (statement: string) => {
      if (/^delete /m.test(statement)) throw new Error("the network is gone.");
      return sql.run(statement);
    };
    const cutShort = forgetCustomer(request({ sql: { run } }));
    await expect(cutShort).rejects.toMatchObject({ code: "ERASURE_CUT_SHORT" });
    await expect(cutShort).rejects.toThrow(/begun and is not complete: the network is gone\. .*run the same command/);
    expect((await readErased(store))?.unproven.map(unprovenText)).toEqual([
      expect.stringMatching(/^the erasure [0-9a-f]{16}, begun at 2024-05-01T00:00:00\.000Z, is not complete: /),
    ]);
  });

  it("is complete only when the record and the search say so", async () => {
    report = await forgetCustomer(request());
    expect(await readErased(store)).toMatchObject({ digests: [customerDigest("5a17", PERSON)], unproven: [] });
    expect(report.affected).toEqual([
      { ingestId: "i1", source: "box.zip/a.csv" },
      { ingestId: "i3", source: "c.xlsx" },
    ]);
    expect([...report.files.removed].sort()).toEqual([
      "athena-results/q.csv",
      "incoming/box.zip",
      "raw/ingest_id=i1/original/box.zip",
      "raw/ingest_id=i3/original/c.xlsx",
      "reports/r1.html",
    ]);
    expect(report).toMatchObject({ oldVersionsRemoved: 3, runsInDatabase: ["r1", "gone"] });
    // DuckDB stands in for Athena here: its own files are no part of a bucket.
    const elsewhere = Object.keys(report.proof.elsewhere).filter((key) => !key.startsWith("processed/catalog.duckdb"));
    expect(elsewhere).toEqual([]);
  });

  it("leaves everybody else, and what is not the lake's", async () => {
    expect(await engine.query("select customer_id from transactions")).toEqual([
      { customer_id: "b" },
      { customer_id: "b" },
    ]);
    expect((await engine.query("from shared_orders")).map((row) => row.order_key)).toEqual([
      `${PERSON}x | P1`,
      `b | ${PERSON} | 1`,
    ]);
    expect(await customersOf("raw/ingest_id=i1/rows/part-00000.parquet")).toEqual(["b"]);
    expect(await customersOf("raw/ingest_id=i3/rows/part-00000.parquet")).toEqual(["c"]);
    expect(await customersOf("curated/run_id=r1/attempt=a/features/20240101_000000_00001_abcde_1f")).toEqual(["b"]);
    expect(readFileSync(join(folder, "curated/run_id=r1/attempt=a/segments.csv"), "utf8")).toBe("customer_id,m\nb,2\n");
    expect(existsSync(join(folder, "incoming/b.csv"))).toBe(true);
    expect(readFileSync(join(folder, "elsewhere/a.csv"), "utf8")).toContain(PERSON);
    expect(await store.list("staging/")).toEqual([]);
    expect(readdirSync(root).filter((name) => name.startsWith("batch-"))).toEqual([]);
  });

  it("rewrites what Iceberg keeps, and the rows of the database with the summaries that the lake has", () => {
    expect(iceberg.filter((statement) => statement.endsWith("transactions"))).toEqual([
      "optimize transactions",
      "vacuum transactions",
    ]);
    const deleted = database.calls.filter((call) => call.sql.startsWith("delete"));
    expect(deleted.map((call) => call.sql.split(" ")[2])).toEqual([
      "rfm.movements",
      "rfm.segments",
      "rfm.staged_load_7",
    ]);
    const updates = database.calls.filter((call) => call.sql.startsWith("update"));
    expect(updates.map(({ parameters }) => parameters.p1)).toEqual(["r1"]);
    expect(JSON.parse(String(updates[0]?.parameters.p2))).toEqual({ top: [{ customerId: "b" }] });
  });

  it("can be repeated, and fails while anything of the person is left", async () => {
    await expect(
      forgetCustomer(request({ oldVersions: { remove: async () => 0, keys: async () => ["raw/x"] } })),
    ).rejects.toThrow(/an old version of raw\/x/);
    // A data file that OPTIMIZE left alone.
    await parquet("processed/transactions/data/left.parquet", rawRows(["a.csv", PERSON]));
    await expect(forgetCustomer(request())).rejects.toThrow(/processed\/transactions\/data\/left\.parquet/);
    expect(await customersOf("processed/transactions/data/left.parquet")).toEqual([PERSON]);
    const { digest, begun } = { digest: customerDigest("5a17", PERSON), begun: clock.now().toISOString() };
    expect((await readErased(store))?.unproven).toMatchObject([{ erasureId: digest.slice(0, 16), erasedAt: begun }]);
    await store.remove(["processed/transactions/data/left.parquet"]);
    const again = await forgetCustomer(request());
    expect(again.affected).toEqual(report.affected);
    expect([...again.files.rewritten, ...again.files.removed]).toEqual([]);
  });

  it("finds the files as dropped though an earlier attempt ended after the rows were rewritten", async () => {
    await store.write("raw/ingest_id=i1/original/box.zip", Buffer.from([0x50, 0x4b, 3, 4]));
    expect((await forgetCustomer(request())).files.removed).toEqual(["raw/ingest_id=i1/original/box.zip"]);
  });
});

describe("a source on AWS", () => {
  it("is taken out of what is live, and nothing else is", async () => {
    const place = { sql, store, answerPrefix: "staging/sources/" };
    const live = await liveSources(place, clock);
    expect(live.map(({ source, rows }) => [source, rows])).toEqual([
      ["b.csv", 1],
      ["box.zip/a.csv", 2],
    ]);
    await takeOut(place, { ...(live[0] as (typeof live)[0]), committedAt: "2024-05-01T00:00:00.000Z" }, clock);
    expect((await liveSources(place, clock)).map(({ source }) => source)).toEqual(["box.zip/a.csv"]);
    expect(await store.list("staging/")).toEqual([]);
  });
});

describe("a statement with a customer", () => {
  it("holds the id as text and nothing else", () => {
    const statement = renderStatement("erasure/delete_lines", { customer_id: "x' or 'a' = 'a" });
    expect(statement).toMatch(/ = 'x'' or ''a'' = ''a'$/m);
  });
});
