import { AsOfError, pastMoment } from "../../workflow/ledger/asOf.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";

/** An earlier state of the history: at a moment, or right after an ingest (or a removal). */
export type AsOf = { readonly moment: Date } | { readonly ingestId: string };

/** A timestamp of the catalog (UTC, milliseconds at most) as a moment. */
export const momentOf = (timestamp: unknown): Date => new Date(`${String(timestamp).replace(" ", "T")}Z`);

/**
 * The moment as of which the ledger is read.
 * @throws AsOfError for an unknown ingest, a moment before the first drop, or one in the future.
 */
export async function resolveAsOf(engine: DuckDbEngine, asOf: AsOf, now: Date): Promise<Date> {
  const tables = await engine.query("select 1 from duckdb_tables() where table_name = 'ingests'");
  const [bounds] = tables.length === 0 ? [] : await engine.query("select min(committed_at) as first from ingests");
  if (bounds?.first === null || bounds?.first === undefined)
    throw new AsOfError("The lake has no history yet, so there is no earlier state of it.");
  if ("ingestId" in asOf) return momentOfIngest(engine, asOf.ingestId);
  if (momentOf(bounds.first) > asOf.moment) {
    const first = momentOf(bounds.first).toISOString();
    throw new AsOfError(`As of ${asOf.moment.toISOString()} the lake was empty: the first drop is of ${first}.`);
  }
  return pastMoment(asOf.moment, now);
}

async function momentOfIngest(engine: DuckDbEngine, ingestId: string): Promise<Date> {
  const rows = await engine.query(
    `select max(committed_at) as committed_at from ingests where ingest_id = ${quoteLiteral(ingestId)}`,
  );
  const committedAt = rows[0]?.committed_at;
  if (committedAt === null || committedAt === undefined)
    throw new AsOfError(`No ingest ${ingestId} was ever committed; \`rfm ingests\` lists those that were.`, {
      ingestId,
    });
  return momentOf(committedAt);
}
