import type { SqlEngine, StatementResult } from "../../ports.ts";
import { AthenaStatementError } from "../athenaEngine.ts";

/** The Iceberg tables; every drop adds small files to them. */
const TABLES = ["transactions", "ingests", "shared_orders"] as const;
/** Those that know customers. */
const TABLES_OF_CUSTOMERS = ["transactions", "shared_orders"] as const;

/**
 * By default OPTIMIZE leaves a file alone until two files of deleted rows belong to it and five files are worth the
 * work, and VACUUM keeps snapshots for five days: so long deleted rows stay in files.
 */
const ERASING_PROPERTIES = {
  optimize_rewrite_delete_file_threshold: "1",
  optimize_rewrite_data_file_threshold: "1",
  vacuum_max_snapshot_age_seconds: "1",
} as const;

/** A statement does a part of its work at a time (VACUUM 20,000 files), and says when it should be run again. */
const MORE_RUNS_NEEDED = /ICEBERG_(VACUUM|OPTIMIZE)_MORE_RUNS_NEEDED/;
const MAX_RUNS = 1_000;

export interface MaintenanceStep {
  readonly statement: string;
  readonly bytesScanned: number;
  readonly elapsedMs: number;
}

type Tell = (step: MaintenanceStep) => void;

/**
 * Joins the small files of the Iceberg tables and lets go of snapshots and files that nobody can reach any more, by
 * Athena's own statements. Queries under way are not disturbed; no row changes.
 * @param tell hears of each statement that has ended.
 */
export async function maintainTables(sql: SqlEngine, tell: Tell): Promise<void> {
  for (const table of TABLES) await tidy(sql, table, tell);
}

/**
 * Writes the files anew that hold deleted rows, and lets go of all snapshots but the current one: afterwards no file of
 * the tables has a deleted row. The history as of earlier is not lost by that, for it is a filter on the ledger.
 * Nothing else may write to the tables meanwhile.
 */
export async function purgeDeletedRows(sql: SqlEngine, tell: Tell): Promise<void> {
  const settings = Object.entries(ERASING_PROPERTIES).map(([name, value]) => `'${name}' = '${value}'`);
  const names = Object.keys(ERASING_PROPERTIES).map((name) => `'${name}'`);
  for (const table of TABLES_OF_CUSTOMERS) {
    await sql.run(`alter table ${table} set tblproperties (${settings.join(", ")})`);
    try {
      await tidy(sql, table, tell);
    } finally {
      await sql.run(`alter table ${table} unset tblproperties (${names.join(", ")})`);
    }
  }
}

async function tidy(sql: SqlEngine, table: string, tell: Tell): Promise<void> {
  for (const statement of [`optimize ${table} rewrite data using bin_pack`, `vacuum ${table}`])
    tell({ statement, ...(await runUntilDone(sql, statement)) });
}

async function runUntilDone(sql: SqlEngine, statement: string): Promise<StatementResult> {
  for (let runs = 1; ; runs++) {
    try {
      return await sql.run(statement);
    } catch (error) {
      const wantsMore = error instanceof AthenaStatementError && MORE_RUNS_NEEDED.test(error.message);
      if (!wantsMore || runs >= MAX_RUNS) throw error;
    }
  }
}
