import { erasedIdSql } from "../../domain/customerId.ts";
import { sqlIdentifier } from "../../domain/text/sqlLiteral.ts";
import type { ParquetHit, ParquetRows } from "../../workflow/erasure/parquetRows.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";

export type Questions = Pick<DuckDbEngine, "query">;

/** Files (or tables) of one and the same schema: one question answers for all of them. */
export interface RowGroup {
  /** SQL of their rows, with the path of each in `searched_path`. */
  readonly relation: string;
  readonly columns: readonly string[];
  /** Columns of text. */
  readonly texts: readonly string[];
}

/** Files by their schema. */
async function parquetGroups(engine: Questions, paths: readonly string[]): Promise<RowGroup[]> {
  if (paths.length === 0) return [];
  const list = (files: readonly string[]): string => `[${files.map(quoteLiteral).join(", ")}]`;
  const rows = await engine.query(
    `select file_name, name, coalesce(converted_type, type) as type from parquet_schema(${list(paths)}) where num_children is null`,
  );
  const schemas = Map.groupBy(rows, (row) => String(row.file_name));
  const alike = Map.groupBy([...schemas.keys()], (path) =>
    JSON.stringify(schemas.get(path)?.map(({ name, type }) => [name, type])),
  );
  return [...alike].map(([signature, files]) => {
    const columns = JSON.parse(signature) as [string, string][];
    return {
      relation: `(select *, filename as searched_path from read_parquet(${list(files)}, hive_partitioning = false, filename = true))`,
      columns: columns.map(([name]) => name),
      texts: columns.filter(([, type]) => /UTF8|BYTE_ARRAY/.test(type)).map(([name]) => name),
    };
  });
}

/**
 * SQL that is true for rows of the customer, whatever the spelling of the id in raw rows. A line that nobody could read
 * is the customer's where it has the id.
 */
function isCustomer(columns: readonly string[], customerId: string): string {
  const named = `coalesce(${erasedIdSql("cast(customer_id as varchar)")} = ${quoteLiteral(customerId)}, false)`;
  if (!columns.includes("customer_id")) return "false";
  return columns.includes("unreadable") ? `(${named} or ${wordIn("unreadable", customerId)})` : named;
}

/** Longer ids are not taken for parts of other words, and make no regular expression. */
const MAX_PATTERN = 500;

/** SQL that is true where a text holds the id as a word of its own. */
function wordIn(text: string, id: string): string {
  if (id.length > MAX_PATTERN) return `coalesce(contains(${text}, ${quoteLiteral(id)}), false)`;
  const escaped = id.replace(/[^A-Za-z0-9]/g, (c) => (c.charCodeAt(0) < 128 ? `\\${c}` : c));
  const flags = /^[^@ ]+@[^@ ]+$/.test(id) ? "(?i)" : "";
  const pattern = quoteLiteral(`${flags}(^|[^A-Za-z0-9._-])${escaped}([^A-Za-z0-9._-]|$)`);
  return `coalesce(regexp_matches(${text}, ${pattern}), false)`;
}

/** Hits in groups of rows, by path. */
export async function searchGroups(
  engine: Questions,
  groups: readonly RowGroup[],
  customerId: string,
): Promise<Map<string, ParquetHit>> {
  const hits = new Map<string, ParquetHit>();
  for (const { relation, columns, texts } of groups) {
    const others = texts
      .filter((name) => name !== "customer_id" && name !== "unreadable")
      .map((name) => wordIn(`"${name}"`, customerId));
    const customers = isCustomer(columns, customerId);
    const anywhere = others.length === 0 ? "false" : others.join(" or ");
    const source = columns.includes("source") ? "cast(source as varchar)" : "null";
    const rows = await engine.query(
      `select searched_path, count(*) filter (where ${customers}) as customers, count(*) filter (where ${anywhere}) as others,
         coalesce(list(distinct ${source} order by ${source}) filter (where ${customers} and ${source} is not null), []) as sources
       from ${relation} where ${customers} or ${anywhere} group by searched_path`,
    );
    for (const row of rows)
      hits.set(String(row.searched_path), {
        customers: Number(row.customers),
        others: Number(row.others),
        sources: row.sources as string[],
      });
  }
  return hits;
}

/** Parquet files by way of DuckDB, which reads what Athena, DuckDB and the steps wrote. */
export function duckDbParquetRows(engine: Questions): ParquetRows {
  return {
    search: async (paths, customerId) => searchGroups(engine, await parquetGroups(engine, paths), customerId),
    async writeWithout(path, target, customerId) {
      const file = `read_parquet(${quoteLiteral(path)}, hive_partitioning = false)`;
      const described = await engine.query(`select column_name from (describe from ${file})`);
      const columns = described.map((row) => String(row.column_name));
      await engine.query(
        `copy (from ${file} where not ${isCustomer(columns, customerId)}) to ${quoteLiteral(target)} (format parquet, compression snappy)`,
      );
    },
  };
}

/** Rows of a file of any schema in which some column, whatever its type, has the id as a word of its own. */
export async function countAnywhere(engine: Questions, path: string, customerId: string): Promise<number> {
  const file = `read_parquet(${quoteLiteral(path)}, hive_partitioning = false)`;
  const columns = await engine.query(`select column_name from (describe from ${file})`);
  const texts = columns.map((row) => `cast(${sqlIdentifier(String(row.column_name))} as varchar)`);
  const anywhere = texts.map((text) => wordIn(text, customerId)).join(" or ");
  const [found] = await engine.query(`select count(*) as count from ${file} where ${anywhere}`);
  return Number(found?.count);
}
