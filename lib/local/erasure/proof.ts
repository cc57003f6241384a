import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { eraseFromObjects } from "../../workflow/erasure/eraseFromObjects.ts";
import { countToken } from "../../workflow/erasure/tokens.ts";
import type { ErasureTask } from "../../workflow/erasure/types.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { type RowGroup, searchGroups } from "./parquetRows.ts";

/** What a search through every byte of the lake found. */
export interface ErasureProof {
  readonly filesSearched: number;
  readonly bytesSearched: number;
  /** Files and tables in which the id still stands for a customer; empty, or the erasure has failed. */
  readonly asCustomer: readonly string[];
  /** Files as dropped that are damaged or encrypted. */
  readonly unreadable: readonly string[];
  /** Places where the same text is something else (a number, a product code), by file. */
  readonly elsewhere: Readonly<Record<string, number>>;
}

/** Searches tables, files (decompressed, Parquet by column) and the database's pages for a customer id. */
export async function proveErased(
  engine: DuckDbEngine,
  lakeDirectory: string,
  task: Omit<ErasureTask, "isTrial">,
): Promise<ErasureProof> {
  // Whatever there would be to write anew is the customer still.
  const objects = await eraseFromObjects({ ...task, isTrial: true });
  const asCustomer = [...objects.rewritten, ...objects.removed];
  const elsewhere: Record<string, number> = { ...objects.elsewhere };
  for (const [table, hit] of await searchGroups(engine, await catalogTables(engine), task.customerId)) {
    if (hit.customers > 0) asCustomer.push(table);
    if (hit.others > 0) elsewhere[table] = hit.others;
  }
  const apart = [...filesBelow(lakeDirectory, "postgres"), ...filesBelow(lakeDirectory, "processed")];
  let { bytesSearched } = objects;
  for (const key of apart) {
    const bytes = readFileSync(join(lakeDirectory, key));
    bytesSearched += bytes.length;
    const places = countToken(bytes, task.customerId);
    if (places > 0) elsewhere[key] = places;
  }
  const { filesSearched, unreadable } = objects;
  return { filesSearched: filesSearched + apart.length, bytesSearched, asCustomer, unreadable, elsewhere };
}

/** The tables of the catalog, in the shape of files. */
async function catalogTables(engine: DuckDbEngine): Promise<RowGroup[]> {
  const rows = await engine.query(
    "select table_name, column_name, data_type from duckdb_columns() where database_name = current_database() and not internal and table_name in (select table_name from duckdb_tables())",
  );
  return [...Map.groupBy(rows, (row) => String(row.table_name))].map(([table, columns]) => ({
    relation: `(select *, ${quoteLiteral(`processed/catalog.duckdb ${table}`)} as searched_path from "${table}")`,
    columns: columns.map((row) => String(row.column_name)),
    texts: columns.filter((row) => row.data_type === "VARCHAR").map((row) => String(row.column_name)),
  }));
}

function filesBelow(lakeDirectory: string, folder: string): string[] {
  const root = join(lakeDirectory, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(lakeDirectory, join(entry.parentPath, entry.name)).split(sep).join("/"));
}
