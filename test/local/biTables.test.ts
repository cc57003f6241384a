import { cpSync, globSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RENDER } from "../../bin/commands/results/query.ts";
import { holdoutTest } from "../../lib/domain/audience/holdout.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { type BiViews, openBiViews } from "../../lib/local/bi/biViews.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { databaseDirectory } from "../../lib/local/lake/lakePaths.ts";
import { openPgDatabase } from "../../lib/local/postgres/pgDatabase.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { openLocalLake } from "../../lib/local/run/runLocally.ts";
import type { PostgresSegmentDatabase } from "../../lib/postgres/segmentDatabase.ts";
import { BI_TABLES } from "../../lib/tables/bi.ts";
import type { Columns, OrderedContract, TableContract } from "../../lib/tables/contract.ts";
import { EXTERNAL_TABLES } from "../../lib/tables/external.ts";
import { SEGMENT_FORECAST } from "../../lib/tables/forecasts.ts";
import { HISTORY_TABLES } from "../../lib/tables/history.ts";
import { MARTS } from "../../lib/tables/marts.ts";
import { SEGMENT_ROWS } from "../../lib/tables/segments.ts";
import { STAGES } from "../../lib/tables/stages.ts";
import { publishedPrefix, tablePrefix } from "../../lib/workflow/lake/layout.ts";
import { showAgain } from "../../lib/workflow/models/shownRun.ts";
import { audienceSql } from "../../lib/workflow/sql/audienceSql.ts";
import { BI_GUIDE, POSTGRES_TABLES, withReference } from "../../scripts/bi.ts";
import { grammarErrors } from "../sql/trinoGrammar.ts";
import { manifestsOf, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";
import { findServerBinaries, startServer, type TestServer } from "./postgresServer.ts";

const folder = temporaryFolder();
const lake = join(folder, "lake");
const store = openFolderStore(lake);
const guide = readFileSync(BI_GUIDE, "utf8");
const binaries = findServerBinaries();

let server: TestServer | undefined;
let database: PostgresSegmentDatabase;
let runs: string[];

/** Two runs, into a real server where there is one, else into PGlite. */
beforeAll(async () => {
  server = binaries === undefined ? undefined : await startServer(binaries);
  const databaseUrl = server?.url("postgres");
  const open = await openLocalLake({
    lakeDirectory: lake,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  runs = [];
  for (const [name, seed] of [
    ["a.csv", 5],
    ["b.csv", 6],
  ] as const) {
    const file = writeText(join(folder, name), shopCsv({ seed, customers: 200, lines: 1_500 }));
    const { summary } = await open.run({ files: [file], config: parseConfig({ overlap: "keep", clusters: { k: 4 } }) });
    runs.push(summary.runId);
  }
  await open.close();
  database =
    databaseUrl === undefined ? openPgliteDatabase(databaseDirectory(lake)) : await openPgDatabase(databaseUrl);
});
afterAll(async () => {
  await database?.close();
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  const views = await openBiViews(lake);
  try {
    const { columns, rows } = await views.query(sql);
    return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
  } finally {
    views.close();
  }
}

/** Files that the list of a published table names. */
const publishedFiles = (name: string): string[] =>
  readFileSync(join(lake, publishedPrefix(name), "symlink.txt"), "utf8")
    .trim()
    .split("\n")
    .map((uri) => uri.replace("s3://lake", lake));

/** Trino's name of a type of DuckDB or PostgreSQL. */
const trinoType = (type: string): string =>
  type
    .toLowerCase()
    .replace(/^(?:numeric|decimal)\((\d+),(\d+)\)/, "decimal($1, $2)")
    .replace(/^timestamp(?:_ms)?$/, "timestamp(3)")
    .replace(/^text$/, "varchar")
    .replace(/^double precision$/, "double");

/** Column → type of what DuckDB can select from. */
async function columnsOf(instance: DuckDBInstance, source: string): Promise<Record<string, string>> {
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(`describe select * from ${source}`)).getRows();
  connection.closeSync();
  return Object.fromEntries(rows.map(([column, type]) => [column, trinoType(String(type))]));
}

/** Column → type as the files themselves have it. */
async function columnsOfFiles(paths: readonly string[]): Promise<Record<string, string>> {
  const instance = await DuckDBInstance.create(":memory:");
  const files = paths.map((path) => `'${path}'`).join(", ");
  const columns = await columnsOf(instance, `read_parquet([${files}], hive_partitioning = false)`);
  instance.closeSync();
  return columns;
}

const within = (table: OrderedContract): string | undefined => table.within;

/** What files may leave out stands in none of these runs', but for what customers are expected to do. */
const writtenTypes = (columns: Columns): [string, string][] =>
  Object.entries(columns).flatMap(([column, { type, mayBeLeftOut }]) =>
    mayBeLeftOut && !Object.hasOwn(SEGMENT_FORECAST, column) ? [] : [[column, type] as [string, string]],
  );

describe("contracts", () => {
  const typesOf = ({ columns }: TableContract) => writtenTypes(columns);
  const parquetUnder = (folder: string): string[] =>
    globSync(`${folder}/*.parquet`, { cwd: lake }).map((file) => join(lake, file));
  /** Files of tables that are unloaded together have each other's columns, too; what of them counts is by name. */
  const expectColumns = async (files: readonly string[], table: OrderedContract): Promise<void> => {
    const found = await columnsOfFiles(files);
    const own = typesOf(table);
    if (table.within === undefined) expect(Object.entries(found)).toEqual(own);
    else expect(found).toMatchObject(Object.fromEntries(own));
  };

  it.each(Object.entries(MARTS))(
    "the mart %s has the columns and types of its contract, in order",
    async (name, mart) => {
      const files = parquetUnder(tablePrefix(`curated/run_id=${runs[1]}/attempt=*/`, name, within(mart)).slice(0, -1));
      // Of tables that are unloaded together, one without rows has no file.
      if (name !== "returns_only_customers") expect(files.length).toBeGreaterThan(0);
      if (files.length > 0) await expectColumns(files, mart);
    },
  );

  it.each(Object.entries(EXTERNAL_TABLES))(
    "the files of %s have the columns of their contract",
    async (_name, table) => {
      const files = parquetUnder(table.location.replace(/\{\w+\}/g, "*"));
      if (files.length === 0) return;
      const types = typesOf(table).filter(([column]) => !table.partitionColumns.includes(column as string));
      expect(Object.entries(await columnsOfFiles(files)).map(([column]) => column)).toEqual(
        types.map(([column]) => column),
      );
    },
  );

  it.each(Object.entries(STAGES))("the stage %s has the columns of its contract, in order", async (name, stage) => {
    const places = ["curated/run_id=*/attempt=*/", "raw/ingest_id=*/", "attempts/attempt=*/"];
    const files = places.flatMap((place) => parquetUnder(tablePrefix(place, name, within(stage)).slice(0, -1)));
    if (files.length === 0) return;
    await expectColumns(files, stage);
  });

  it.each(Object.entries(HISTORY_TABLES))("%s has the columns of its contract in the catalog", async (name, table) => {
    const catalog = await DuckDBInstance.create(join(lake, "processed", "catalog.duckdb"), {
      access_mode: "READ_ONLY",
    });
    expect(Object.entries(await columnsOf(catalog, name))).toEqual(typesOf(table));
    catalog.closeSync();
  });

  const views = POSTGRES_TABLES.filter((name) => name !== "current_segments");
  it.each([
    ["segments", SEGMENT_ROWS],
    ["current_segments", SEGMENT_ROWS],
    ["movements", MARTS.migrations],
    ["migrations", MARTS.migrations],
    ...views.map((name): [string, TableContract] => [name, BI_TABLES[name] as TableContract]),
  ] as [string, TableContract][])("rfm.%s has the columns and types of its contract, in order", async (name, table) => {
    const columns = await database.query<{ name: string; type: string; may_miss: boolean; is_view: boolean }>(
      `select attname as name, format_type(atttypid, atttypmod) as type, not attnotnull as may_miss, relkind = 'v' as is_view
       from pg_attribute join pg_class on pg_class.oid = attrelid
       where attrelid = $1::text::regclass and attnum > 0 and attname <> 'load_id' order by attnum`,
      [`rfm.${name}`],
    );
    // Scores take two bytes in the database.
    const types = columns.map((column) => [column.name, trinoType(column.type).replace("smallint", "integer")]);
    expect(types).toEqual(Object.entries(table.columns).map(([column, { type }]) => [column, type]));
    const nullable = (column: string) => table.columns[column]?.isNullable;
    // PostgreSQL knows it of tables alone.
    for (const column of columns)
      if (!column.is_view) expect([column.name, column.may_miss]).toEqual([column.name, nullable(column.name)]);
  });
});

describe("BI tables", () => {
  const parquet = Object.entries(BI_TABLES).filter(([, { source }]) => source.kind === "parquet");
  // Athena reads Parquet by the names of the columns; those of tables unloaded together stand in each other's files, too.
  it.each(parquet)("%s has columns and types of its files", async (name, { columns, source }) => {
    const types = writtenTypes(columns);
    const found = await columnsOfFiles(publishedFiles(name));
    if ("within" in source && source.within !== undefined) expect(found).toMatchObject(Object.fromEntries(types));
    else expect(Object.entries(found)).toEqual(types);
  });

  const json = Object.entries(BI_TABLES).filter(([, { source }]) => source.kind === "json");
  it.each(json)("%s has the keys of its lines, all of the type that is said", async (name, { columns }) => {
    const rows = await ask(`select * from ${name}`);
    expect(rows.length).toBeGreaterThan(0);
    const files = (await store.list(publishedPrefix(name))).map(({ key }) => readFileSync(join(lake, key), "utf8"));
    const lines = files.flatMap((text) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    for (const line of lines) expect(Object.keys(line)).toEqual(Object.keys(columns));
    expect(rows).toHaveLength(lines.length);
    for (const row of rows) expect(Object.values(row)).not.toContain(null);
  });

  it("agree with each other, and show the latest run", async () => {
    const [sums] = await ask(`select
      (select count(*) from current_segments) as customers, (select sum(customers) from current_segment_summary) as by_segment,
      (select sum(customers) from current_cluster_summary) as by_cluster, (select customers from current_run) as of_run,
      (select customers from current_concentration where top_percent = 100) as of_curve,
      (select sum(lines) from current_sales_by_month) = (select sum(lines) from current_sales_by_day) as same_lines,
      (select count(*) from current_migrations where segment_to is not null) as moved`);
    const { customers } = sums as { customers: string };
    expect(Number(customers)).toBeGreaterThan(150);
    expect(sums).toEqual({
      ...{ customers, by_segment: customers, by_cluster: customers, of_run: customers },
      of_curve: customers,
      same_lines: true,
      moved: customers,
    });
    expect(await ask("select run_id from current_run")).toEqual([{ run_id: runs[1] }]);
    expect(await ask("select run_id from run_totals order by created_at")).toEqual(runs.map((run_id) => ({ run_id })));
  });

  it("say the same in PostgreSQL, column by column", async () => {
    for (const name of POSTGRES_TABLES) {
      const columns = Object.entries(BI_TABLES[name]?.columns ?? {});
      const list = columns
        .map(([column, { type }]) =>
          type === "double"
            ? `round(cast(${column} as numeric), 6) as ${column}`
            : `cast(${column} as varchar) as ${column}`,
        )
        .join(", ");
      const sql = (table: string) => `select ${list} from ${table}`;
      const lines = (rows: Record<string, unknown>[]) =>
        rows
          .map((row) =>
            JSON.stringify(
              Object.values(row).map((value) =>
                value === null ? null : String(Number.isNaN(Number(value)) ? value : Number(value)),
              ),
            ),
          )
          .sort();
      const inLake = lines(await ask(sql(name).replaceAll("as numeric", "as decimal(38, 15)")));
      const inDatabase = lines(await database.query(sql(`rfm.${name}`)));
      expect(inDatabase.filter((line, i) => line !== inLake[i]).slice(0, 5)).toEqual([]);
      expect(inDatabase).toHaveLength(inLake.length);
      expect(inLake.length).toBeGreaterThan(0);
    }
  });

  it("show an earlier run again, and the same history, when it is published again; the same bytes when repeated", async () => {
    const history = await ask("select * from segment_history order by all");
    const textOf = () => readFileSync(join(lake, publishedPrefix("current_segments"), "symlink.txt"), "utf8");
    const latest = textOf();
    const [first, second] = runs.map((id) => manifestsOf(lake).find(({ runId }) => runId === id));
    if (first === undefined || second === undefined) throw new Error("two runs are expected");
    await showAgain(store, first);
    expect(await ask("select run_id from current_run")).toEqual([{ run_id: runs[0] }]);
    expect(textOf()).toContain(`run_id=${runs[0]}`);
    expect(await ask("select count(*) as customers from current_segments")).toEqual([
      { customers: String(first.customers) },
    ]);
    expect(await ask("select count(*) as moves from current_migrations")).toEqual([{ moves: "0" }]);
    expect(await ask("select * from segment_history order by all")).toEqual(history);
    await showAgain(store, second);
    expect(textOf()).toBe(latest);
  });

  it("give the flags of an export by the query that rfm export prints", async () => {
    const holdout = { share: 0.3, campaign: "O'Neil's ä🎉", salt: "s" };
    const sql = audienceSql({
      columns: ["customer_id", "is_holdout"],
      filter: { segments: [], clusterIds: [0, 1] },
      holdout,
    });
    expect(grammarErrors(sql)).toEqual([]);
    const rows = await ask(sql);
    expect(rows.length).toBeGreaterThan(20);
    const isHeldOut = holdoutTest(holdout);
    expect(rows.filter((row) => row.is_holdout !== isHeldOut(String(row.customer_id)))).toEqual([]);
  });
});

describe("rfm query", () => {
  let views: BiViews;
  beforeAll(async () => {
    views = await openBiViews(lake);
  });
  afterAll(() => views?.close());

  it.each([
    "create table t as select 1",
    "drop view current_run",
    "copy (select 1) to 'x.csv'",
    `copy (select 1) to '${lake}/x.csv'`,
    `explain analyze copy (select 1) to '${lake}/x.csv'`,
    "select 1; drop view current_run",
    "set enable_external_access = true",
    "attach 'x.db'",
    "install httpfs",
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from current_sgments",
    "selec 1",
    "",
  ])("refuses %j with a sentence", async (sql) => {
    await expect(views.query(sql)).rejects.toMatchObject({ code: "QUERY" });
    expect(await views.query("select 1 as one")).toEqual({ columns: ["one"], exact: [false], rows: [[1]] });
  });

  it("prints numbers as JSON with all their digits", async () => {
    const sql = `select cast('12345678901234567.8901' as decimal(38, 4)) as money, 9007199254740993 as n,
      cast(-1.50 as decimal(6, 2)) as low, 'text "x"' as t, null as nothing, 0.5::double as half`;
    expect(RENDER.json(await views.query(sql))).toBe(
      '{"money":12345678901234567.8901,"n":9007199254740993,"low":-1.50,"t":"text \\"x\\"","nothing":null,"half":0.5}\n',
    );
  });
});

describe("docs/bi.md", () => {
  it("has the reference that `node scripts/bi.ts` writes", () => {
    expect(withReference(guide) === guide, "docs/bi.md is out of date; write it again: node scripts/bi.ts").toBe(true);
  });

  const examples = [...guide.matchAll(/```sql ([a-z ]+)\n([\s\S]*?)```/g)].map(([, engines, sql]) => ({
    engines: (engines as string).split(" "),
    sql: sql as string,
    title: (sql as string).replace(/\s+/g, " ").slice(0, 60),
  }));
  const of = (engine: string) => examples.filter(({ engines }) => engines.includes(engine));

  it("has examples for each engine", () => {
    expect(["lake", "postgres", "athena"].map((engine) => of(engine).length > 0)).toEqual([true, true, true]);
  });

  it.each([...of("lake"), ...of("athena")])("parses as Trino: $title", ({ sql }) => {
    expect(grammarErrors(sql)).toEqual([]);
  });

  it.each(of("lake"))("runs on a lake: $title", async ({ sql }) => {
    expect((await ask(sql)).length).toBeGreaterThan(0);
  });

  it.each(of("postgres"))("runs on PostgreSQL: $title", async ({ sql }) => {
    const tables = /\b(from|join) (?=(current|segment|cluster|run)_(?!id))/g;
    const rows = await database.query(sql.replace(tables, "$1 rfm.").replace("BEFORE", runs[0] as string));
    expect(rows.length).toBeGreaterThan(0);
  });

  it("flags in PostgreSQL whom an export flags", async () => {
    const example = of("postgres").find(
      ({ sql }) => sql.includes("bit(32)") && sql.includes("as is_holdout\nfrom current_segments"),
    );
    const sql = (example ?? of("postgres")[0] ?? { sql: "" }).sql
      .replace("from current_segments", "from rfm.current_segments")
      .replace(/where.*\n/, "");
    const rows = await database.query<{ customer_id: string; is_holdout: boolean }>(sql);
    const isHeldOut = holdoutTest({ share: 0.1, campaign: "spring", salt: "" });
    expect(rows.length).toBeGreaterThan(150);
    expect(rows.filter((row) => row.is_holdout !== isHeldOut(row.customer_id))).toEqual([]);
  });

  it("lets a role read with the rights that it says", async () => {
    const [, grants] = /```sql\n(create role bi[\s\S]*?)```/.exec(guide) as unknown as [string, string];
    for (const statement of grants.split(";").filter((text) => text.trim() !== "")) await database.query(statement);
    for (const name of POSTGRES_TABLES) {
      const rows = await database.query<{ may: boolean }>(
        `select has_table_privilege('bi', 'rfm.${name}', 'select') as may`,
      );
      expect(rows).toEqual([{ may: true }]);
    }
    expect(await database.query("select has_table_privilege('bi', 'rfm.segments', 'select') as may")).toEqual([
      { may: false },
    ]);
  });
});

describe("a published table with a damaged file", () => {
  it("is told by its name", async () => {
    const copy = `${lake}-damaged`;
    cpSync(lake, copy, { recursive: true });
    try {
      const list = readFileSync(join(copy, "published/current_sales_by_weekday_hour/symlink.txt"), "utf8");
      truncateSync(join(copy, list.trim().replace(/^s3:\/\/[^/]+\//, "")), 0);
      await expect(openBiViews(copy)).rejects.toMatchObject({
        code: "DAMAGED_TABLE",
        message: expect.stringMatching(/^A file of the published table current_sales_by_weekday_hour is damaged/),
      });
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});
