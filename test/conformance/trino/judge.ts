import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "vitest";
import { translateStatement } from "../../../lib/local/duckdb/translate.ts";
import { BI_TABLES } from "../../../lib/tables/bi.ts";
import { EXTERNAL_TABLES, type ExternalTable } from "../../../lib/tables/external.ts";
import { MARTS } from "../../../lib/tables/marts.ts";
import { STAGES } from "../../../lib/tables/stages.ts";
import { FORECAST_STATEMENTS } from "../../../lib/workflow/forecast/forecastPlan.ts";
import { tableStatements } from "../../../lib/workflow/ledger/lakeVersion.ts";
import { unloadsOf } from "../../../lib/workflow/sql/combineUnloads.ts";
import type { StatementParameters } from "../../../lib/workflow/sql/parameters.ts";
import { renderStatementFrom } from "../../../lib/workflow/sql/render.ts";
import { STAGE_STATEMENTS } from "../../../lib/workflow/sql/statements.ts";
import { statementName } from "../../../lib/workflow/sql/statementText.ts";
import type { TestLake } from "../../golden/onlineRetail.ts";
import { type TrinoQuery, type TrinoResult, trinoClient } from "./client.ts";
import type { TrinoServer } from "./server.ts";

/** One lake under both engines: the same raw rows, each engine with tables of its own. */
export interface Judge {
  readonly lake: TestLake;
  readonly trino: TrinoQuery;
  /** Runs a statement that writes no files in both engines. */
  run(name: string, parameters: StatementParameters): Promise<void>;
  /** Runs an UNLOAD in both engines and holds its columns and rows, in their order where it has one, to equality. */
  compare(name: string, attempt: string, parameters: StatementParameters): Promise<Record<string, unknown>[]>;
  /** As `compare`, for every UNLOAD of several tables: what they hand out is judged table by table before. */
  compareCombined(attempt: string, parameters: StatementParameters): Promise<void>;
  /** Holds a whole table to equality, from the files that Trino wrote for it. */
  compareTable(name: string): Promise<void>;
}

/** Statements judged so far, by name. */
export const judged = new Map<string, number>();

/** A statement as Trino takes it: UNLOAD's query; Iceberg's DDL with Trino's names of Hive's types and without clauses. */
export function trinoStatement(text: string): string {
  const translated = translateStatement(text);
  if (translated.kind === "unload") return translated.query;
  if (!/^(create|alter)\s+table\b/i.test(translated.sql)) return translated.sql;
  return translated.sql.replace(/\bstring\b/g, "varchar").replace(/\btimestamp\b/g, "timestamp(6)");
}

/** Makes the lake's schema, with its external and Iceberg tables. */
export async function createJudge(server: TrinoServer, lake: TestLake): Promise<Judge> {
  const schema = basename(lake.directory).toLowerCase().replaceAll("-", "_");
  const root = `local:///${basename(lake.directory)}`;
  const trino = trinoClient(server.url, "lake", schema);
  await trino(`create schema lake.${schema} with (location = '${root}/processed')`);
  for (const [name, table] of Object.entries(EXTERNAL_TABLES)) {
    mkdirSync(join(lake.directory, zoneOf(table)), { recursive: true });
    await trino(externalTableDdl(schema, root, name, table));
  }
  for (const [name, { columns }] of Object.entries(BI_TABLES)) {
    const list = Object.entries(columns).map(([column, { type }]) => `${column} ${type}`);
    await trino(`create table lake.${schema}.${name} (${list.join(", ")})`);
  }
  for (const { statement, proof } of tableStatements(1, "s3://lake")) {
    count(statementName(statement));
    await trino(trinoStatement(statement));
    count(statementName(proof));
    // The proof of a record is its migration's; a table is proven by making it again.
    await trino(trinoStatement(proof));
  }
  const run = async (name: string, parameters: StatementParameters) => {
    count(name);
    await lake.run(name, parameters);
    await trino(trinoStatement(renderStatementFrom(name, parameters)));
  };
  return {
    lake,
    trino,
    run,
    compare: (name, attempt, parameters) => compare(lake, trino, name, attempt, parameters),
    compareCombined: (attempt, parameters) => compareCombined(lake, trino, attempt, parameters),
    compareTable: (name) => compareTable(lake, trino, name),
  };
}

function count(name: string): void {
  judged.set(name, (judged.get(name) ?? 0) + 1);
}

/** Never read, but it must be there: the folder that holds all of the table's. */
function zoneOf(table: ExternalTable): string {
  return table.location.slice(0, table.location.indexOf("/"));
}

/** The Glue table of lib/infra/lake/dataCatalog.ts: nothing is registered, a statement names its partition (projection). */
function externalTableDdl(schema: string, root: string, name: string, table: ExternalTable): string {
  const columns = Object.entries(table.columns).map(([column, { type }]) => `"${column}" ${type}`);
  const partitions = table.partitionColumns.map(
    (column) => `"${column}" varchar with (partition_projection_type = 'injected')`,
  );
  const template = table.location.replace(/\{(\w+)\}/g, "$${$1}");
  return `create table files.${schema}.${name} (${[...columns, ...partitions].join(", ")}) with (
    external_location = '${root}/${zoneOf(table)}', format = 'PARQUET',
    partitioned_by = array[${table.partitionColumns.map((column) => `'${column}'`).join(", ")}],
    partition_projection_enabled = true, partition_projection_location_template = '${root}/${template}'
  )`;
}

/** What reads the features gets the wide ones. */
const FEATURE_STAGES: Readonly<Record<string, string>> = {
  "features/build_wide_features": "features",
  "features/build_features": "plain_features",
  "features/build_column_features": "column_features",
};

async function compare(
  lake: TestLake,
  trino: TrinoQuery,
  name: string,
  attempt: string,
  parameters: StatementParameters,
): Promise<Record<string, unknown>[]> {
  count(name);
  const stage = FEATURE_STAGES[name] ?? (name.split("/").at(-1) as string).replace(/^build_/, "");
  const folder = `curated/run_id=golden/attempt=${attempt}/${stage}/`;
  const all = { ...parameters, run_id: "golden", attempt, output_uri: `s3://lake/${folder}` };
  await lake.run(name, all);
  const files = `read_parquet('${lake.directory}/${folder}*.parquet', hive_partitioning = false)`;
  const described = await lake.engine.query(`select column_name, column_type from (describe from ${files})`);
  const local = await readLocal(
    lake,
    files,
    described.map((column) => [String(column.column_name), String(column.column_type)]),
  );
  const sql = trinoStatement(renderStatementFrom(name, all));
  const remote = await trino(sql);
  expect
    .soft(remote.columns.map(typedName), `columns of ${name}`)
    .toEqual(described.map((column) => `${column.column_name} ${String(column.column_type).toLowerCase()}`));
  const localRows = local.map((row) => canonical(Object.values(row), remote.columns));
  const remoteRows = remote.rows.map((row) => canonical(row, remote.columns));
  expect.soft(differences(localRows, remoteRows), `rows of ${name} for ${attempt}`).toEqual({ local: [], trino: [] });
  if (/\border by [^()]*$/.test(sql)) expect.soft(localRows, `order of ${name}`).toEqual(remoteRows);
  return local;
}

/** Tables of statements that unload several, by their contracts. */
const TOGETHER = [
  ...Object.entries(MARTS).map(([name, contract]) => ({ name, contract, source: contract.statement })),
  ...Object.entries(STAGE_STATEMENTS).map(([name, source]) => ({ name, source, contract: STAGES[name as StageName] })),
  ...FORECAST_STATEMENTS.map((name) => ({ name, source: `forecast/${name}`, contract: STAGES[name] })),
].filter(({ contract }) => "within" in contract);
type StageName = keyof typeof STAGE_STATEMENTS;

async function compareCombined(
  lake: TestLake,
  trino: TrinoQuery,
  attempt: string,
  parameters: StatementParameters,
): Promise<void> {
  const folder = `curated/run_id=golden/attempt=${attempt}/`;
  const all = { ...parameters, run_id: "golden", attempt };
  for (const statement of unloadsOf(TOGETHER, all, `s3://lake/${folder}`)) {
    await lake.engine.run(statement);
    const translated = translateStatement(statement);
    if (translated.kind !== "unload") throw new Error(`${statementName(statement)} is no UNLOAD`);
    const remote = await trino(translated.query);
    const place = translated.uri.replace("s3://lake", lake.directory);
    const files = `read_parquet('${place}*/*.parquet', hive_partitioning = true, hive_types_autocast = false)`;
    const isEmpty = remote.rows.length === 0;
    const columns = isEmpty
      ? []
      : await lake.engine.query(`select column_name, column_type from (describe from ${files})`);
    // The lake's own folders are told as columns, too, behind those of the statement.
    const types = new Map(columns.map((column) => [String(column.column_name), String(column.column_type)]));
    const names = remote.columns.map(({ name }) => [name, types.get(name) ?? "missing"] as const);
    const local = isEmpty ? [] : await readLocal(lake, files, names);
    const localRows = local.map((row) => canonical(Object.values(row), remote.columns));
    const remoteRows = remote.rows.map((row) => canonical(row, remote.columns));
    const where = `rows of ${statementName(statement)} for ${attempt}`;
    expect.soft(differences(localRows, remoteRows), where).toEqual({ local: [], trino: [] });
  }
}

/** DuckDB's client drops a byte order mark that a text begins with: a letter before it keeps it. */
async function readLocal(
  lake: TestLake,
  files: string,
  columns: readonly (readonly [name: string, type: string])[],
): Promise<Record<string, unknown>[]> {
  const selected = columns.map(([name, type]) => (type === "VARCHAR" ? `'=' || "${name}" as "${name}"` : `"${name}"`));
  const rows = await lake.engine.query(`select ${selected.join(", ")} from ${files}`);
  return rows.map((row) =>
    Object.fromEntries(
      columns.map(([name, type]) => [
        name,
        type === "VARCHAR" && row[name] !== null ? String(row[name]).slice(1) : row[name],
      ]),
    ),
  );
}

/** Milliseconds are a matter of what is written: DuckDB reads them back as its own timestamps. */
function typedName({ name, type }: TrinoResult["columns"][number]): string {
  return `${name} ${type.replace("timestamp(3)", "timestamp").replace(", ", ",")}`;
}

/** A row as text in which equal values are equal, whatever each engine's client makes of them. */
function canonical(row: readonly unknown[], columns: TrinoResult["columns"]): string {
  return JSON.stringify(row.map((value, i) => canonicalValue(value, columns[i]?.type ?? "")));
}

/** A value as text in which equal values are equal, by its Trino type. */
export function canonicalValue(value: unknown, type: string): unknown {
  if (value === null) return null;
  if (type === "double") return Object.is(Number(value), -0) ? "-0" : String(Number(value));
  if (type.startsWith("timestamp"))
    return String(value)
      .replace(/\.0*$|(\.\d*[1-9])0+$/, "$1")
      .replace("+", "");
  return type === "boolean" ? value : String(value);
}

/** What one side has more often than the other, at most five each. */
function differences(local: readonly string[], trino: readonly string[]): { local: string[]; trino: string[] } {
  const surplus = (some: readonly string[], others: readonly string[]) => {
    const left = new Map<string, number>();
    for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
    return some.filter((row) => {
      const remaining = left.get(row) ?? 0;
      left.set(row, remaining - 1);
      return remaining <= 0;
    });
  };
  return { local: surplus(local, trino).slice(0, 5), trino: surplus(trino, local).slice(0, 5) };
}

async function compareTable(lake: TestLake, trino: TrinoQuery, name: string): Promise<void> {
  const { rows } = await trino(`select count(*) from ${name}`);
  // Trino writes no file for no rows.
  if (rows[0]?.[0] === "0") {
    expect(await lake.engine.query(`select * from ${name} limit 5`), `rows of ${name}`).toEqual([]);
    return;
  }
  const files = `read_parquet('${lake.directory}/processed/${name}*/data/*.parquet', hive_partitioning = false)`;
  const types = async (relation: string) =>
    lake.engine.query(
      `select column_name, replace(column_type, 'TIMESTAMP_MS', 'TIMESTAMP') as type from (describe from ${relation})`,
    );
  expect(await types(files), `columns of ${name}`).toEqual(await types(name));
  const surplus = async (one: string, other: string) =>
    lake.engine.query(`select * from (from ${one} except all from ${other}) limit 5`);
  expect(await surplus(name, files), `rows of ${name} that Trino lacks`).toEqual([]);
  expect(await surplus(files, name), `rows of ${name} that Trino alone has`).toEqual([]);
}
