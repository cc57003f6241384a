import type { SqlEngine } from "../ports.ts";

/** The Iceberg tables; every drop adds small files to them. */
const TABLES = ["transactions", "ingests", "shared_orders"] as const;

export interface MaintenanceStep {
  readonly statement: string;
  readonly bytesScanned: number;
  readonly elapsedMs: number;
}

/**
 * Joins the small files of the Iceberg tables and lets go of snapshots and files that nobody can reach any more, by
 * Athena's own statements. Queries under way are not disturbed; no row changes.
 * @param tell hears of each statement that has ended.
 */
export async function maintainTables(sql: SqlEngine, tell: (step: MaintenanceStep) => void): Promise<void> {
  for (const table of TABLES) {
    for (const statement of [`optimize ${table} rewrite data using bin_pack`, `vacuum ${table}`]) {
      tell({ statement, ...(await sql.run(statement)) });
    }
  }
}
