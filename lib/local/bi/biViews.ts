import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, DuckDBTypeId, type Json, StatementType } from "@duckdb/node-api";
import { SegmentationError } from "../../domain/errors.ts";
import { BI_TABLES, type BiTable } from "../../tables/bi.ts";
import { wholeRelation } from "../../tables/rows.ts";
import { publishedPrefix } from "../../workflow/lake/layout.ts";
import { healTables } from "../../workflow/models/shownRun.ts";
import { refuseIncompleteLake } from "../doctor/missingPieces.ts";
import { messageOf } from "../duckdb/open.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { openFolderStore } from "../lake/folderStore.ts";

/** A published table of which a file is damaged. */
export class DamagedTableError extends SegmentationError {
  constructor(table: string, cause: unknown) {
    super(
      "DAMAGED_TABLE",
      `A file of the published table ${table} is damaged (${messageOf(cause).split("\n")[0]}): \`rfm run\` without files computes and publishes the results anew.`,
      { table },
      { cause },
    );
  }
}

/** A question that cannot be answered: not SQL, of names that do not exist, or not a mere question. */
export class QueryError extends SegmentationError {
  constructor(message: string, options?: ErrorOptions) {
    super("QUERY", message, {}, options);
  }
}

/** No run has published tables in the lake. */
export class NoTablesError extends SegmentationError {
  constructor(directory: string) {
    super(
      "NO_TABLES",
      `Nothing is published in the lake ${directory} yet; \`rfm run\` or \`rfm publish RUN\` does it.`,
      { directory },
    );
  }
}

export interface QueryResult {
  readonly columns: readonly string[];
  /** Whether a column's values are numbers that come as text, since not all fit a double. */
  readonly exact: readonly boolean[];
  /** A value per column; decimals, dates and 64-bit integers as text. */
  readonly rows: readonly (readonly Json[])[];
}

/** The BI tables of a lake, for questions alone. */
export interface BiViews {
  /** @throws QueryError */
  query(sql: string): Promise<QueryResult>;
  close(): void;
}

const SETTINGS = new URL("../../../sql/local/settings.sql", import.meta.url);
const FUNCTIONS = new URL("../../../sql/local/trino_functions.sql", import.meta.url);

/**
 * Opens the tables of `BI_TABLES` over a lake's folder. Nothing is locked, and questions write nothing: a run may go on
 * meanwhile, and files outside of the lake are out of reach. Tables that do not show the current run, for a run was
 * killed while it published, are mended first.
 * @throws NoTablesError
 */
export async function openBiViews(lakeDirectory: string): Promise<BiViews> {
  refuseIncompleteLake(lakeDirectory);
  await healTables(openFolderStore(lakeDirectory));
  if (!existsSync(join(lakeDirectory, publishedPrefix("current_run")))) throw new NoTablesError(lakeDirectory);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(readFileSync(SETTINGS, "utf8"));
  await connection.run(readFileSync(FUNCTIONS, "utf8"));
  for (const [name, table] of Object.entries(BI_TABLES))
    await connection.run(viewOf(lakeDirectory, name, table)).catch((cause: unknown) => {
      throw new DamagedTableError(name, cause);
    });
  await connection.run(`set allowed_directories = [${quoteLiteral(lakeDirectory)}]`);
  await connection.run("set enable_external_access = false; set lock_configuration = true");
  return {
    query: (sql) => query(connection, sql),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Types whose values do not all fit a double: they come as text with all their digits. */
const EXACT_TYPES = new Set<DuckDBTypeId>([
  DuckDBTypeId.DECIMAL,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
]);

async function query(connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  try {
    const prepared = await connection.prepare(sql);
    // Not EXPLAIN: with ANALYZE it runs what it explains.
    if (prepared.statementType !== StatementType.SELECT)
      throw new QueryError("Only questions can be asked here: one select.");
    const result = await prepared.runAndReadAll();
    const exact = result.columnTypes().map(({ typeId }) => EXACT_TYPES.has(typeId));
    return { columns: result.columnNames(), exact, rows: result.getRowsJson() };
  } catch (error) {
    if (error instanceof QueryError) throw error;
    throw new QueryError((error as Error).message, { cause: error });
  }
}

function viewOf(lakeDirectory: string, name: string, table: BiTable): string {
  const files = table.source.kind === "parquet" ? linkedFiles(lakeDirectory, name) : jsonFiles(lakeDirectory, name);
  const list = files.map(quoteLiteral).join(", ");
  const reader =
    table.source.kind === "parquet"
      ? wholeRelation(`read_parquet([${list}], hive_partitioning = false)`, table.columns)
      : `read_json([${list}], format = 'newline_delimited', columns = {${jsonColumns(table)}})`;
  const columns = Object.entries(table.columns).map(([column, { type }]) =>
    files.length > 0 ? `cast(${column} as ${type}) as ${column}` : `cast(null as ${type}) as ${column}`,
  );
  return `create view ${name} as select ${columns.join(", ")} ${files.length > 0 ? `from ${reader}` : "where false"}`;
}

const jsonColumns = (table: BiTable): string =>
  Object.entries(table.columns)
    .map(([column, { type }]) => `${column}: '${type}'`)
    .join(", ");

/** Files that the table's list names; their URIs start with the store's own. */
function linkedFiles(lakeDirectory: string, name: string): string[] {
  const list = join(lakeDirectory, publishedPrefix(name), "symlink.txt");
  if (!existsSync(list)) return [];
  const uris = readFileSync(list, "utf8").split("\n");
  return uris.filter((uri) => uri !== "").map((uri) => join(lakeDirectory, uri.replace(/^s3:\/\/[^/]+\//, "")));
}

function jsonFiles(lakeDirectory: string, name: string): string[] {
  const folder = join(lakeDirectory, publishedPrefix(name));
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((file) => file.endsWith(".json") && !file.startsWith("."));
  return names.sort().map((file) => join(folder, file));
}
