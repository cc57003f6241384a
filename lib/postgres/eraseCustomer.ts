import { erasedIdOf, SPELT } from "../domain/customerId.ts";
import type { PgConnection } from "./connection.ts";
import { PREDICTIONS } from "./predictionTable.ts";

/** Tables of published rows; those of loads that were never published are found by their names. */
const TABLES = ["segments", "movements", PREDICTIONS] as const;
const STAGED = /^staged_[a-z_]*[0-9]+$/;

/** What an erasure needs of a database, whichever client it is. */
export type Queries = Pick<PgConnection, "query">;

/**
 * Deletes a customer's rows of every run, staged ones too, and puts the runs' summaries, which may name the customer,
 * in place again. Deleted rows stay in the pages until they are vacuumed.
 * @param summaryOf a run's summary as the lake has it now; undefined where it has none.
 * @returns the runs that the database has.
 */
export async function eraseRows(
  database: Queries,
  customerId: string,
  summaryOf: (runId: string) => Promise<string | undefined>,
): Promise<string[]> {
  const tables = await tablesOfCustomers(database);
  if (tables.length === 0) return [];
  for (const table of tables)
    for (const spelling of await spellingsIn(database, table, customerId))
      await database.query(`delete from rfm.${table} where customer_id = $1`, [spelling]);
  const loads = await database.query<{ run_id: string }>("select distinct run_id from rfm.loads order by run_id");
  for (const { run_id } of loads) {
    const summary = await summaryOf(run_id);
    if (summary !== undefined)
      await database.query("update rfm.loads set summary = cast($2 as jsonb) where run_id = $1", [run_id, summary]);
  }
  return loads.map(({ run_id }) => run_id);
}

/** Tables in which the customer still is. */
export async function tablesHolding(database: Queries, customerId: string): Promise<string[]> {
  const held: string[] = [];
  for (const table of await tablesOfCustomers(database))
    if ((await spellingsIn(database, table, customerId)).length > 0) held.push(`rfm.${table}`);
  return held;
}

/** The spellings under which a table has the customer. */
async function spellingsIn(database: Queries, table: string, customerId: string): Promise<string[]> {
  const rows = await database.query<{ customer_id: string }>(
    `select distinct customer_id from rfm.${table}
     where position(lower(cast($1 as text)) in lower(translate(customer_id, cast($2 as text), cast($3 as text)))) > 0`,
    [customerId, SPELT.from, SPELT.to],
  );
  return rows.map(({ customer_id }) => customer_id).filter((spelling) => erasedIdOf(spelling) === customerId);
}

/** None in a database that no run was loaded into. */
async function tablesOfCustomers(database: Queries): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    "select cast(table_name as text) as name from information_schema.tables where table_schema = $1 order by 1",
    ["rfm"],
  );
  return rows.map(({ name }) => name).filter((name) => STAGED.test(name) || TABLES.some((table) => table === name));
}
