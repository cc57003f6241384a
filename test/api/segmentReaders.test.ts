import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFileSegments } from "../../lib/api/segments/fileSegments.ts";
import type { Customer, SegmentReader } from "../../lib/api/segments/segmentReader.ts";
import { openSqlSegments } from "../../lib/api/segments/sqlSegments.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { csvField } from "../../lib/domain/text/csv.ts";
import { databaseDirectory } from "../../lib/local/lake/lakePaths.ts";
import { openPgDatabase, openPgSession } from "../../lib/local/postgres/pgDatabase.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { runLocally } from "../../lib/local/run/runLocally.ts";
import { openLakeSegments } from "../../lib/local/serve/lakeSegments.ts";
import { namedQuery } from "../../lib/local/serve/namedQuery.ts";
import { eraseRows, tablesHolding } from "../../lib/postgres/eraseCustomer.ts";
import { RowCountError } from "../../lib/postgres/errors.ts";
import { createPredictionTable } from "../../lib/postgres/predictionTable.ts";
import type { PostgresSegmentDatabase } from "../../lib/postgres/segmentDatabase.ts";
import { CUSTOMER_ORDER_NAMES } from "../../lib/tables/customerOrders.ts";
import { scoreJobStep } from "../../lib/workflow/steps/scoreJob.ts";
import { findServerBinaries, startServer, type TestServer } from "../local/postgresServer.ts";
import { endOfJob, type ServedLake, serveLake } from "./support.ts";

const binaries = findServerBinaries();
const reader = (database: PostgresSegmentDatabase): SegmentReader =>
  openSqlSegments(namedQuery(database), () => database.close());

/** Everything that a reader can be asked, of the runs there are. */
async function everything(segments: SegmentReader): Promise<unknown> {
  const runs = await segments.runs();
  const current = await segments.currentRun();
  const run = current?.run_id as string;
  const names = (await segments.summary(run))?.segments.map((segment) => segment.name) ?? [];
  const request = { runId: run, after: null, limit: 1_000 };
  const pages = await Promise.all(names.map((segment) => segments.page({ ...request, segment })));
  const ids = pages.flatMap((page) => page?.map((customer) => customer.customer_id) ?? []);
  const [segment = ""] = names;
  const any = { runId: run, segment: null, search: null, order: "monetary" as const, limit: 30 };
  return {
    runs,
    current,
    pages,
    next: await segments.page({ ...request, segment, after: pages[0]?.[1]?.customer_id ?? "", limit: 3 }),
    nobody: await segments.page({ ...request, segment: "' or 1=1 --" }),
    gone: await segments.page({ ...request, runId: "2001-01-01-0000000000", segment }),
    listings: await Promise.all([
      ...CUSTOMER_ORDER_NAMES.map((order) => segments.list({ ...any, order })),
      segments.list({ ...any, segment }),
      segments.list({ ...any, search: "k00" }),
      segments.list({ ...any, search: "K001", segment, order: "quiet" }),
      segments.list({ ...any, search: "%' or 1=1 --" }),
      segments.list({ ...any, runId: "2001-01-01-0000000000" }),
    ]),
    customers: await segments.customers(run, [...ids.slice(0, 5), "' or 1=1 --", 'a"b,c', "\u{1f600}"]),
    histories: await Promise.all(ids.slice(0, 5).map((id) => segments.history(id))),
    missing: await segments.summary("2001-01-01-0000000000"),
  };
}

describe("readers of published segments", () => {
  let lake: ServedLake;
  let fromFiles: {
    runs: unknown[];
    pages: unknown[][];
    gone: unknown;
    nobody: unknown[];
    listings: ({ total: number; customers: Customer[] } | undefined)[];
  };
  beforeAll(async () => {
    lake = await serveLake();
    await lake.run([lake.shop("orders.csv", 1)]);
    await lake.run([lake.shop("more.csv", 2)], { clusters: { minK: 3, maxK: 4, rowsPerShard: 100 } });
    const files = await openLakeSegments(lake.store, lake.directory);
    fromFiles = (await everything(files)) as typeof fromFiles;
    await files.close();
  });
  afterAll(() => lake?.close());

  it("find two runs, customers in segments, and nothing for what is not there", () => {
    expect(fromFiles.runs).toHaveLength(2);
    expect(fromFiles.pages.flat().length).toBeGreaterThan(300);
    expect([fromFiles.gone, fromFiles.nobody]).toEqual([undefined, []]);
  });

  it("list the first customers by an order, of a segment, and by a part of their ids", () => {
    const [byMoney, byOrders, latest, quietest, farthest, inSegment, found, few, nobody, gone] = fromFiles.listings;
    const everybody = fromFiles.pages.flat() as Customer[];
    const firstBy = (measure: (customer: Customer) => number) =>
      [...everybody].sort((a, b) => measure(b) - measure(a) || (a.customer_id < b.customer_id ? -1 : 1)).slice(0, 30);
    expect(byMoney).toEqual({ total: everybody.length, customers: firstBy(({ monetary }) => monetary) });
    expect(byOrders?.customers).toEqual(firstBy(({ frequency }) => frequency));
    expect(latest?.customers).toEqual(firstBy(({ recency }) => -recency));
    expect(quietest?.customers).toEqual(firstBy(({ recency }) => recency));
    expect(farthest?.customers).toEqual(firstBy(({ distance }) => distance ?? 0));
    expect(inSegment?.total).toBe(fromFiles.pages[0]?.length);
    expect(found?.total).toBe(everybody.filter(({ customer_id }) => customer_id.startsWith("K00")).length);
    expect(few?.total).toBeGreaterThan(0);
    expect(few?.total).toBeLessThan(found?.total ?? 0);
    expect([nobody, gone]).toEqual([{ total: 0, customers: [] }, undefined]);
  });

  it("say the same without an engine, of runs in one part and in several", async () => {
    const parts = (await lake.store.list("curated/")).filter(({ key }) => /\/segments\/part-\d+\.parquet$/.test(key));
    expect(parts.length).toBeGreaterThan(3);
    expect(await everything(openFileSegments(lake.store))).toEqual(fromFiles);
  });

  it("say the same over the files and over the embedded database", async () => {
    const database = reader(openPgliteDatabase(databaseDirectory(lake.directory)));
    expect(await everything(database)).toEqual(fromFiles);
    await database.close();
  });
});

describe.skipIf(binaries === undefined)("readers over a real server (skipped without Debian's postgresql)", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(binaries as string);
  });
  afterAll(() => server?.stop());

  it("serves what a run has loaded there", async () => {
    const databaseUrl = server.url("postgres");
    const other = await serveLake({ databaseUrl });
    const files = [other.shop("orders.csv", 1), other.shop("more.csv", 2)];
    await runLocally({ lakeDirectory: other.directory, files, config: parseConfig({}), databaseUrl });
    const fromDatabase = reader(await openPgDatabase(databaseUrl));
    const fromItsFiles = await openLakeSegments(other.store, other.directory);
    expect(await everything(fromDatabase)).toEqual(await everything(fromItsFiles));
    const { segments } = (await (await other.request("/segments")).json()) as { segments: { name: string }[] };
    const page = await other.request(`/segments/${encodeURIComponent(segments[0]?.name ?? "")}/customers?limit=2`);
    const { customers } = (await page.json()) as { customers: { customer_id: string; frequency: number }[] };
    const customer = await other.request(`/customers/${customers[0]?.customer_id}`);
    const found = (await customer.json()) as { orders: { kind: string }[] };
    expect(found).toMatchObject({ customer: customers[0], history: [customers[0]], orders_note: null });
    // The orders are the lake's: the database has customers alone.
    expect(found.orders.filter(({ kind }) => kind === "purchase")).toHaveLength(customers[0]?.frequency ?? 0);
    for (const folder of globSync(join(other.directory, "curated/*/*/orders"))) rmSync(folder, { recursive: true });
    const without = await other.request(`/customers/${customers[0]?.customer_id}`);
    expect(await without.json()).toMatchObject({ orders: null, orders_note: expect.stringMatching(/no longer has/) });
    await Promise.all([fromDatabase.close(), fromItsFiles.close()]);
    await predictInto(other, databaseUrl);
    await other.close();
  });
});

/** A score job whose predictions go into the database: the same rows as in its objects, once, and never those of a job under way. */
async function predictInto(lake: ServedLake, databaseUrl: string): Promise<void> {
  const ids = ["", "a,b", "O'Hara", "\\.", "last"];
  const lines = ids.map((id, i) => `${csvField(id)},${i},${i + 1},${i}.25\n`);
  await lake.store.write("scoring/input/new.csv", `customer_id,recency,frequency,monetary\n${lines.join("")}`);
  const asked = await lake.post("/score-jobs", { input: "scoring/input/new.csv", into_database: true });
  const { id } = (await asked.json()) as { id: string };
  const job = await endOfJob(lake, id);
  expect(job).toMatchObject({ status: "succeeded", customers: 5, into_database: true });
  const database = await openPgDatabase(databaseUrl);
  const rows = () => database.query("select * from rfm.predictions order by monetary");
  const found = await rows();
  expect(found.map((row) => (row as { customer_id: string }).customer_id)).toEqual(ids);
  const part = Buffer.from(await lake.store.read(`${job.output}part-00000.csv`)).toString();
  const columns = (part.split("\n")[0] ?? "").split(",");
  const written = found.map((row) => columns.map((name) => csvField(String((row as Record<string, unknown>)[name]))));
  expect(`${[columns, ...written].map((cells) => cells.join(",")).join("\n")}\n`).toBe(part);

  const session = await openPgSession(databaseUrl);
  const table = createPredictionTable(session);
  const ports = { store: lake.store, clock: { now: () => new Date() }, mapConcurrency: 1, predictions: table };
  await scoreJobStep(ports, { step: "score", input: { jobId: id, shard: 0 } });
  expect(await rows()).toEqual(found);
  await table.begin({ jobId: "j2", modelVersion: "m", createdAt: new Date().toISOString() });
  await table.loadPart("j2", { store: lake.store, key: `${job.output}part-00000.csv`, columns, rows: 5 });
  await expect(table.finish("j2", 6)).rejects.toThrow(RowCountError);
  expect(await rows()).toEqual(found);

  await eraseRows(database, "last", async () => undefined);
  expect(await tablesHolding(database, "last")).toEqual([]);
  expect(await rows()).toHaveLength(4);
  await database.query("update rfm.score_jobs set created_at = created_at - interval '91 days'");
  await table.begin({ jobId: "j3", modelVersion: "m", createdAt: new Date().toISOString() });
  expect(await database.query("select job_id from rfm.score_jobs")).toEqual([{ job_id: "j3" }]);
  expect(await database.query("select job_id from rfm.loaded_predictions")).toEqual([]);
  await Promise.all([session.close(), database.close()]);
}
