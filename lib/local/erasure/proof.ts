import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { eraseFromFiles, isCustomer, keyOf, lakeFiles } from "./eraseFromFiles.ts";
import { type ParquetGroup, parquetGroups } from "./parquetGroups.ts";
import { countToken, decompressed } from "./tokens.ts";

/** What a search through every byte of the lake found. */
export interface ErasureProof {
  readonly filesSearched: number;
  readonly bytesSearched: number;
  /** Files and tables in which the id still stands for a customer; empty, or the erasure has failed. */
  readonly asCustomer: readonly string[];
  /** Places where the same text is something else (a number, a product code), by file. */
  readonly elsewhere: Readonly<Record<string, number>>;
}

/** Searches tables, files (decompressed, Parquet by column) and the database's pages for a customer id. */
export async function proveErased(engine: DuckDbEngine, lakeDirectory: string, id: string): Promise<ErasureProof> {
  const asCustomer: string[] = [];
  const elsewhere: Record<string, number> = {};
  let bytesSearched = 0;
  const note = (key: string, count: number): void => {
    if (count > 0) elsewhere[key] = (elsewhere[key] ?? 0) + count;
  };
  const files = lakeFiles(lakeDirectory);
  for (const { relation, columns, texts } of [
    ...(await catalogTables(engine)),
    ...(await parquetGroups(
      engine,
      files.filter((key) => key.endsWith(".parquet")).map((key) => join(lakeDirectory, key)),
    )),
  ]) {
    const others = texts.filter((name) => name !== "customer_id");
    const customers = columns.includes("customer_id") ? isCustomer(id) : "false";
    const anywhere = others.length === 0 ? "false" : others.map((name) => wordIn(name, id)).join(" or ");
    const rows = await engine.query(
      `select file_path, count(*) filter (where ${customers}) as customers, count(*) filter (where ${anywhere}) as others
       from ${relation} where ${customers} or ${anywhere} group by file_path`,
    );
    for (const row of rows) {
      const path = String(row.file_path);
      const key = path.startsWith("processed/") ? path : keyOf(lakeDirectory, path);
      if (Number(row.customers) > 0) asCustomer.push(key);
      note(key, Number(row.others));
    }
  }
  const plain = [...files, ...filesBelow(lakeDirectory, "postgres"), ...filesBelow(lakeDirectory, "processed")];
  for (const key of plain) {
    const bytes = readFileSync(join(lakeDirectory, key));
    bytesSearched += bytes.length;
    note(key, countToken(decompressed(bytes), id));
  }
  // Whatever there would be to write anew is the customer still.
  const again = await eraseFromFiles({ engine, lakeDirectory, customerId: id, isTrial: true });
  asCustomer.push(...again.rewritten, ...again.removed);
  return { filesSearched: plain.length, bytesSearched, asCustomer, elsewhere };
}

/** SQL that is true where a column of text holds the id as a word of its own. */
function wordIn(column: string, id: string): string {
  const escaped = id.replace(/[^A-Za-z0-9]/g, (c) => (c.charCodeAt(0) < 128 ? `\\${c}` : c));
  const pattern = quoteLiteral(`(^|[^A-Za-z0-9._-])${escaped}([^A-Za-z0-9._-]|$)`);
  return `coalesce(regexp_matches("${column}", ${pattern}), false)`;
}

/** The tables of the catalog, in the shape of files. */
async function catalogTables(engine: DuckDbEngine): Promise<ParquetGroup[]> {
  const rows = await engine.query(
    "select table_name, column_name, data_type from duckdb_columns() where database_name = current_database() and not internal and table_name in (select table_name from duckdb_tables())",
  );
  return [...Map.groupBy(rows, (row) => String(row.table_name))].map(([table, columns]) => ({
    relation: `(select *, ${quoteLiteral(`processed/catalog.duckdb ${table}`)} as file_path from "${table}")`,
    columns: columns.map((row) => String(row.column_name)),
    texts: columns.filter((row) => row.data_type === "VARCHAR").map((row) => String(row.column_name)),
  }));
}

function filesBelow(lakeDirectory: string, folder: string): string[] {
  const root = join(lakeDirectory, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => keyOf(lakeDirectory, join(entry.parentPath, entry.name)));
}
