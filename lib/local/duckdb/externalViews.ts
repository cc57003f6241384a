import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { EXTERNAL_TABLES, type ExternalTable } from "../../tables/external.ts";
import { wholeRelation } from "../../tables/rows.ts";
import { SqlEngineError } from "./errors.ts";
import { quoteLiteral } from "./translate.ts";

/** A view that stands for an external table in one statement. */
export interface ExternalView {
  readonly name: string;
  /** CREATE VIEW over exactly the files of the partitions that the statement asks for. */
  readonly ddl: string;
  readonly bytes: number;
}

/**
 * Views for the external tables that a statement names. Like injected partition projection on Athena, a statement
 * must compare every partition column with a literal.
 * @throws SqlEngineError when it does not, or when a table is asked for more than one partition.
 */
export function externalViews(lakeDirectory: string, statement: string, sql: string): ExternalView[] {
  const code = sql.replace(/'(?:[^']|'')*'/g, "''");
  return Object.entries(EXTERNAL_TABLES).flatMap(([name, table]) => {
    // `features as (` names a common table expression of the statement's own.
    const isRead = new RegExp(`\\b(?:from|join)\\s+${name}\\b`, "i").test(code);
    const isOwn = new RegExp(`\\b${name}\\s+as\\s*\\(`, "i").test(code);
    return isRead && !isOwn ? [externalView(lakeDirectory, statement, sql, name, table)] : [];
  });
}

function externalView(
  lakeDirectory: string,
  statement: string,
  sql: string,
  name: string,
  table: ExternalTable,
): ExternalView {
  const partition = new Map(
    table.partitionColumns.map((column) => [column, partitionValue(statement, sql, name, column)]),
  );
  const folder = table.location.replace(/\{(\w+)\}/g, (_match, column: string) => partition.get(column) ?? "");
  const files = parquetFiles(join(lakeDirectory, folder));
  const partitions = [...partition].map(([column, value]) => `cast(${quoteLiteral(value)} as varchar) as ${column}`);
  const columns = Object.entries(table.columns).map(([column, { type }]) =>
    files.length > 0 ? `cast(${column} as ${type}) as ${column}` : `cast(null as ${type}) as ${column}`,
  );
  const origin = files.length > 0 ? `from ${wholeRelation(readParquet(files), table.columns)}` : "where false";
  return {
    name,
    ddl: `create or replace temp view ${name} as select ${[...columns, ...partitions].join(", ")} ${origin}`,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
  };
}

const readParquet = (files: readonly { readonly path: string }[]): string =>
  `read_parquet([${files.map((file) => quoteLiteral(file.path)).join(", ")}], hive_partitioning = false)`;

function partitionValue(statement: string, sql: string, table: string, column: string): string {
  const found = new Set(
    [...sql.matchAll(new RegExp(`\\b${column}\\s*=\\s*'([^']*)'`, "gi"))].map(([, value]) => value),
  );
  const [value] = found;
  if (found.size !== 1 || value === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value)) {
    throw new SqlEngineError(statement, `reading ${table} needs exactly one ${column} = '…' with a literal id`);
  }
  return value;
}

function parquetFiles(folder: string): { path: string; bytes: number }[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".parquet"));
  return names.sort().map((name) => ({ path: join(folder, name), bytes: statSync(join(folder, name)).size }));
}
