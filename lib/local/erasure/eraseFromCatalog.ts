import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sqlIdentifier as identifier } from "../../domain/text/sqlLiteral.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { openCatalog } from "../duckdb/open.ts";
import { quoteLiteral } from "../duckdb/translate.ts";

/**
 * Writes the catalog anew, so that no byte of deleted rows stays in its free blocks, and puts it in the old one's
 * place. The engine must be closed right after: it still has the old file.
 */
export async function rebuildCatalog(engine: DuckDbEngine, lakeDirectory: string): Promise<void> {
  const path = join(lakeDirectory, "processed", "catalog.duckdb");
  const rebuilt = `${path}.rebuilt`;
  rmSync(rebuilt, { force: true });
  rmSync(`${rebuilt}.wal`, { force: true });
  // With the functions that the views need.
  (await openCatalog(rebuilt, { threads: 2, tempDirectory: join(lakeDirectory, ".tmp") })).closeSync();
  const here = "database_name = current_database()";
  const tables = await engine.query(`select table_name from duckdb_tables() where ${here} order by table_name`);
  const views = await engine.query(`select sql from duckdb_views() where ${here} and not internal order by view_oid`);
  const [current] = await engine.query("select current_database() as name");
  await engine.run(
    [
      `attach ${quoteLiteral(rebuilt)} as rebuilt`,
      ...tables.map(({ table_name }) => {
        const name = identifier(String(table_name));
        return `create table rebuilt.main.${name} as from ${identifier(String(current?.name))}.main.${name}`;
      }),
      "use rebuilt",
      ...views.map(({ sql }) => String(sql).replace(/;\s*$/, "")),
      `use ${identifier(String(current?.name))}`,
      "checkpoint rebuilt",
      "detach rebuilt",
      "checkpoint",
    ].join(";\n"),
  );
  renameSync(rebuilt, path);
}
