import type { AffectedSource } from "../../domain/audience/erasure.ts";
import { compareUtf8 } from "../../domain/text/utf8Order.ts";
import type { ObjectStore, SqlEngine } from "../../ports.ts";
import { type Row, readRows } from "../lake/parquet.ts";
import type { StatementParameters } from "../sql/parameters.ts";
import { renderStatementFrom } from "../sql/render.ts";

/** Where answers of the SQL engine are put for a moment. */
export interface AnswerPlace {
  readonly sql: SqlEngine;
  readonly store: ObjectStore;
  /** A prefix of the store that nothing else is under; what is written there goes again. */
  readonly answerPrefix: string;
}

/** Rows of an UNLOAD statement; nothing of them stays in the store. */
export async function askTables(
  { sql, store, answerPrefix }: AnswerPlace,
  statement: string,
  parameters: StatementParameters,
): Promise<Row[]> {
  const remove = async (): Promise<void> => store.remove((await store.list(answerPrefix)).map(({ key }) => key));
  await remove();
  const output_uri = `${store.uri}/${answerPrefix}${statement.split("/").at(-1)}/`;
  await sql.run(renderStatementFrom(statement, { ...parameters, output_uri }));
  const rows = await readRows(store, answerPrefix);
  await remove();
  return rows;
}

/** The sources whose lines of the customer are in the tables, live or not. */
export async function heldInTables(place: AnswerPlace, customerId: string): Promise<AffectedSource[]> {
  const rows = await askTables(place, "erasure/held_lines", { customer_id: customerId });
  const sources = rows.map((row) => ({ ingestId: String(row.ingest_id), source: String(row.source) }));
  return sources.sort((a, b) => compareUtf8(a.ingestId, b.ingestId) || compareUtf8(a.source, b.source));
}

/**
 * Deletes a customer's lines, and the orders that are known by the customer. What deleting leaves in files is the
 * caller's.
 */
export async function eraseFromTables(sql: SqlEngine, customerId: string): Promise<void> {
  for (const statement of ["erasure/delete_lines", "erasure/delete_shared_orders"])
    await sql.run(renderStatementFrom(statement, { customer_id: customerId }));
}
