/** What a statement in Athena's dialect means to the local engine. */
export type LocalStatement =
  | {
      readonly kind: "unload";
      readonly query: string;
      readonly uri: string;
      readonly compression: string;
      /** The column whose values have a folder each, if any. */
      readonly partitionedBy?: string;
    }
  | { readonly kind: "plain"; readonly sql: string };

const UNLOAD = /^unload\s*\(([\s\S]*)\)\s*to\s+'(s3:\/\/[^']+)'\s*with\s*\(([\s\S]*?)\)\s*;?\s*$/i;
const CREATE_TABLE = /^create\s+table\b/i;
const TABLE_CLAUSES =
  /\)\s*(?:partitioned\s+by\s*\([\s\S]*?\)\s*)?location\s+'[^']*'\s*(?:tblproperties\s*\([\s\S]*\))?\s*;?\s*$/i;

const ADD_COLUMNS = /^alter\s+table\s+(\w+)\s+add\s+columns\s*\(([\s\S]*)\)\s*;?\s*$/i;

/**
 * Splits UNLOAD into its query and target, and takes the Iceberg clauses off CREATE TABLE, spells ADD COLUMNS as it is
 * elsewhere; the rest stays as it is.
 */
export function translateStatement(statement: string): LocalStatement {
  const sql = statement.replace(/^(\s*--[^\n]*\n)+/, "").trim();
  const unload = UNLOAD.exec(sql);
  if (unload !== null) {
    const [, query, uri, properties] = unload as unknown as [string, string, string, string];
    const compression = /compression\s*=\s*'([a-z0-9]+)'/i.exec(properties)?.[1] ?? "SNAPPY";
    const partitionedBy = /partitioned_by\s*=\s*array\['(\w+)'\]/i.exec(properties)?.[1];
    return {
      kind: "unload",
      query: query.trim(),
      uri,
      compression: compression.toLowerCase(),
      ...(partitionedBy === undefined ? {} : { partitionedBy }),
    };
  }
  const added = ADD_COLUMNS.exec(sql);
  if (added !== null) return { kind: "plain", sql: addColumns(added[1] as string, added[2] as string) };
  return { kind: "plain", sql: CREATE_TABLE.test(sql) ? sql.replace(TABLE_CLAUSES, ")") : sql };
}

/** Athena's list of new columns, one statement each; commas within a type's brackets are no separators. */
function addColumns(table: string, columns: string): string {
  const each = columns.split(/,(?![^(]*\))/).map((column) => column.trim());
  return each.map((column) => `alter table ${table} add column if not exists ${column}`).join(";\n");
}

export { sqlLiteral as quoteLiteral } from "../../domain/text/sqlLiteral.ts";
