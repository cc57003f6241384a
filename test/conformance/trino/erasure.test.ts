/*
 * A customer is erased from a lake whose tables are Iceberg's, by a real Trino in Athena's place: the command's own code and
 * statements, every file that Trino writes. Not seen here: Athena's OPTIMIZE and VACUUM, which are Trino's under other names
 * (engine.ts), S3 and its versions (test/conformance/forgetCustomer), the Data API.
 */
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CloudErasureReport, forgetCustomer } from "../../../lib/aws/maintenance/forgetCustomer.ts";
import { writeDemoShop } from "../../../lib/local/demo/demoShop.ts";
import { erasureFiles } from "../../../lib/local/erasure/erasureFiles.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import type { SqlEngine } from "../../../lib/ports.ts";
import { originalKey } from "../../../lib/workflow/lake/layout.ts";
import type { StatementParameters } from "../../../lib/workflow/sql/parameters.ts";
import { renderStatementFrom } from "../../../lib/workflow/sql/render.ts";
import {
  createTestLake,
  hasGoldenData,
  INGEST_ID,
  loadOnlineRetail,
  P2,
  SHARED,
  type TestLake,
} from "../../golden/onlineRetail.ts";
import { rawRow, writeRawRows } from "../../sql/rawRows.ts";
import type { TrinoQuery } from "./client.ts";
import { trinoEngine } from "./engine.ts";
import { installTrino } from "./installation.ts";
import { createJudge } from "./judge.ts";
import { startTrino, type TrinoServer } from "./server.ts";

const installation = installTrino();
/** The last id of each: statistics of the tables' files name it, as the upper bound of the column. */
const PERSON = hasGoldenData ? "18287" : "C9999";
const SHOP = hasGoldenData ? "online-retail.csv.gz" : "demo.csv";
const POLICY: StatementParameters = hasGoldenData
  ? P2
  : { ...P2, latest_date: "2027-01-01", snapshot_date: "2026-12-31", as_of: "2027-01-01 00:00:00" };
const OF_ORDERS = ["walk-in-1.csv", "walk-in-2.csv"];

/** A shop's year, where the reference data is absent. */
async function loadDemoShop(lake: TestLake): Promise<void> {
  const path = join(lake.directory, "demo.csv");
  await writeDemoShop({ path, customers: 300 });
  const rows = await lake.engine.query(`select * from read_csv('${path}', all_varchar = true, header = true)`);
  rmSync(path);
  const raw = rows.map((row) => rawRow({ ...row, source: SHOP }));
  await writeRawRows(lake, INGEST_ID, [...raw, rawRow({ source: SHOP, customer_id: PERSON })]);
}

describe.skipIf(!installation.isReady)("An erasure by Trino (skipped without Java 24, mvn and Trino)", () => {
  let server: TrinoServer;
  let lake: TestLake;
  let trino: TrinoQuery;
  let sql: SqlEngine;
  let before: string[];
  let report: CloudErasureReport;

  const apply = (name: string, parameters: StatementParameters) =>
    sql.run(renderStatementFrom(name, { ...POLICY, ...parameters }));
  /** R, F and M of everybody, from the tables as they are. */
  async function features(attempt: string): Promise<string[]> {
    const output_uri = `s3://lake/curated/run_id=golden/attempt=${attempt}/features/`;
    await apply("features/build_features", { attempt, output_uri });
    return rowsOf(attempt);
  }
  async function rowsOf(attempt: string): Promise<string[]> {
    const files = `${lake.directory}/curated/run_id=golden/attempt=${attempt}/features/*`;
    const rows = await lake.engine.query(
      `select * from read_parquet('${files}', hive_partitioning = false) order by customer_id`,
    );
    return rows.map((row) => JSON.stringify(row));
  }
  /** Thousands of rows, of which a failure should show a few. */
  function expectOthers(rows: readonly string[]): void {
    const others = new Set(before.filter((row) => !isOfPerson(row)));
    expect(rows.filter((row) => !others.has(row)).slice(0, 5)).toEqual([]);
    expect(rows.length).toBe(before.length - 1);
  }
  const bounds = async (table: string) =>
    (
      await trino(
        `select json_format(cast(lower_bounds as json)), json_format(cast(upper_bounds as json)), file_path from "${table}$files"`,
      )
    ).rows;
  const isOfPerson = (row: string): boolean => JSON.parse(row).customer_id === PERSON;

  beforeAll(async () => {
    if (!installation.isReady) return;
    [server, lake] = await Promise.all([startTrino(installation), createTestLake()]);
    trino = (await createJudge(server, lake)).trino;
    const schema = basename(lake.directory).toLowerCase().replaceAll("-", "_");
    sql = trinoEngine({ trino, schema, lake, root: `local:///${basename(lake.directory)}` });
    await (hasGoldenData ? loadOnlineRetail(lake) : loadDemoShop(lake));
    await apply("ingest/clean_transactions", {});
    await apply("ingest/commit_ingest", {});
    // Without order ids the two files share lines that are known by their customer.
    for (const [i, source] of OF_ORDERS.entries()) {
      const ingest_id = `w${i}`;
      const line = { source, order_id: null, product_id: "P1", order_date: "2011-11-05 10:00:00" };
      await writeRawRows(lake, ingest_id, [rawRow({ ...line, customer_id: PERSON }), rawRow(line)]);
      await apply("ingest/clean_transactions", { ingest_id });
      await apply("ingest/find_shared_orders", { ingest_id });
      await apply("ingest/commit_ingest", { ingest_id, committed_at: `2012-01-01 0${i + 1}:00:00` });
    }
    const store = openFolderStore(lake.directory);
    const original = join(lake.directory, originalKey(INGEST_ID, SHOP));
    mkdirSync(dirname(original), { recursive: true });
    if (hasGoldenData) copyFileSync(join(SHARED, "data", SHOP), original);
    before = await features("before");
    const scratch = {
      open: async () => mkdtempSync(join(lake.directory, "scratch-")),
      remove: async (directory: string) => rmSync(directory, { recursive: true }),
    };
    expect(String(await bounds("transactions"))).toContain(PERSON);
    report = await forgetCustomer({
      ...{ store, sql, scratch, customerId: PERSON, token: "t1", newSalt: () => "5a17" },
      ...erasureFiles(lake.engine),
      oldVersions: { remove: async () => 0, keys: async () => [] },
      clock: { now: () => new Date("2027-01-01T00:00:00Z") },
      tell: () => undefined,
    });
  });
  afterAll(async () => {
    lake?.remove();
    await server?.stop();
  });

  it("finds the customer in every drop, and removes the file as dropped", () => {
    expect(report.affected).toEqual([
      { ingestId: INGEST_ID, source: SHOP },
      ...OF_ORDERS.map((source, i) => ({ ingestId: `w${i}`, source })),
    ]);
    expect(report.files.removed).toEqual(hasGoldenData ? [originalKey(INGEST_ID, SHOP)] : []);
  });

  it("leaves no line in the tables, one snapshot, and no statistics that name the customer", async () => {
    expect((await trino(`select * from transactions where customer_id = '${PERSON}'`)).rows).toEqual([]);
    const keys = (await trino("select order_key from shared_orders")).rows.flat();
    expect(keys).toEqual([expect.stringMatching(/^C1 \| P1 \| /)]);
    for (const table of ["transactions", "shared_orders"]) {
      expect(String(await bounds(table))).not.toContain(PERSON);
      expect((await trino(`select count(*) from "${table}$snapshots"`)).rows).toEqual([["1"]]);
    }
  });

  it("leaves no file that the tables no longer know", async () => {
    for (const table of ["transactions", "shared_orders"]) {
      const folder = `${lake.directory}/processed/${table}*`;
      const known = (await bounds(table)).map(([, , path]) => basename(String(path)));
      expect(
        globSync(`${folder}/data/**/*.parquet`)
          .map((path) => basename(path))
          .sort(),
      ).toEqual(known.sort());
      const manifests = (await trino(`select path from "${table}$manifests"`)).rows.map(([path]) =>
        basename(String(path)),
      );
      const lists = globSync(`${folder}/metadata/*.avro`).map((path) => basename(path));
      expect(lists.filter((name) => !name.startsWith("snap-")).sort()).toEqual(manifests.sort());
      expect(lists.filter((name) => name.startsWith("snap-")).length).toBe(1);
    }
  });

  it("changes nobody else's recency, frequency and money", async () => {
    expect(before.filter(isOfPerson).length).toBe(1);
    expectOthers(await features("after"));
    if (hasGoldenData) expect(before.length).toBe(4_338 + 1);
  });

  it("has rewritten the features of the run before, as Trino had written them", async () => {
    expectOthers(await rowsOf("before"));
    expect(report.files.rewritten.length).toBe(1 + 3);
  });

  it("has left no text of the id in any file that is no Parquet", () => {
    const texts = globSync(`${lake.directory}/{processed,raw,curated,erasures}/**/*.{json,avro,csv,gz}`);
    expect(texts.length).toBeGreaterThan(4);
    expect(texts.filter((path) => readFileSync(path).includes(PERSON))).toEqual([]);
  });
});
