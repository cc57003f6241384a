import { existsSync, mkdirSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { translateStatement } from "../../../lib/local/duckdb/translate.ts";
import type { SqlEngine } from "../../../lib/ports.ts";
import { statementName } from "../../../lib/workflow/sql/statementText.ts";
import type { TestLake } from "../../golden/onlineRetail.ts";
import type { TrinoQuery } from "./client.ts";
import { trinoStatement } from "./judge.ts";

export interface TrinoEngineOptions {
  readonly trino: TrinoQuery;
  readonly schema: string;
  readonly lake: TestLake;
  /** The lake's folder as Trino knows it. */
  readonly root: string;
}

/** What Athena calls otherwise than Trino; Trino is told by arguments what Athena reads from the table's properties. */
const HOUSEKEEPING: readonly (readonly [pattern: RegExp, trino: readonly string[]])[] = [
  [/^alter table \w+ (?:un)?set tblproperties /, []],
  [/^optimize (\w+) rewrite data using bin_pack$/, ["alter table $1 execute optimize"]],
  [
    /^vacuum (\w+)$/,
    [
      "alter table $1 execute expire_snapshots(retention_threshold => '0s')",
      "alter table $1 execute remove_orphan_files(retention_threshold => '0s')",
    ],
  ],
];

/** A real Trino in Athena's place: UNLOAD writes Parquet files into the lake's folder, tables are Iceberg's. */
export function trinoEngine({ trino, schema, lake, root }: TrinoEngineOptions): SqlEngine {
  let unloads = 0;
  const unload = async (query: string, uri: string): Promise<void> => {
    const folder = uri.replace(/^s3:\/\/lake\//, "").replace(/\/$/, "");
    const path = join(lake.directory, folder);
    mkdirSync(dirname(path), { recursive: true });
    // A prefix that has lost its objects is no folder on S3; one that has some is refused, as by UNLOAD.
    if (existsSync(path)) rmdirSync(path);
    const table = `files.${schema}.unload_${++unloads}`;
    const location = `with (format = 'PARQUET', external_location = '${root}/${folder}')`;
    try {
      await trino(`create table ${table} ${location} as ${query}`);
      await trino(`drop table ${table}`);
    } catch (error) {
      // No rows, no files, and no folder for the table.
      if (!/External table location does not exist/.test(String(error))) throw error;
    }
  };
  return {
    async run(statement) {
      const translated = translateStatement(statement);
      const own = HOUSEKEEPING.find(([pattern]) => pattern.test(statement));
      if (own !== undefined) for (const sql of own[1]) await trino(statement.replace(own[0], sql));
      else if (translated.kind === "unload") await unload(translated.query, translated.uri);
      else if (statementName(statement) !== "(unnamed)") await trino(trinoStatement(statement));
      else throw new Error(`Nobody has said what this is to Trino: ${statement}`);
      return { bytesScanned: 0, elapsedMs: 0 };
    },
  };
}
