import type { ObjectStore } from "../../ports.ts";
import { eraseRows } from "../../postgres/eraseCustomer.ts";
import { summaryOf } from "../../workflow/erasure/summaryOf.ts";
import type { DatabaseBuild } from "../postgres/buildDatabase.ts";
import { openPgDatabase } from "../postgres/pgDatabase.ts";

/**
 * Deletes the customer from a PostgreSQL server, and writes its tables anew. What its log and its backups hold is up to
 * who runs it.
 */
export async function eraseFromServer(url: string, store: ObjectStore, customerId: string): Promise<DatabaseBuild> {
  const database = await openPgDatabase(url);
  try {
    await database.migrate();
    const runs = await eraseRows(database, customerId, (runId) => summaryOf(store, runId));
    for (const table of ["segments", "movements", "loads"]) await database.query(`vacuum full rfm.${table}`);
    return { runs, lostRuns: [] };
  } finally {
    await database.close();
  }
}
