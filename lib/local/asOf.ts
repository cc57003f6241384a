import { SegmentationError } from "../domain/errors.ts";
import type { DuckDbEngine } from "./duckdb/index.ts";
import { quoteLiteral } from "./duckdb/translate.ts";

/** An earlier state of the history: at a moment, or right after an ingest (or a removal). */
export type AsOf = { readonly moment: Date } | { readonly ingestId: string };

/** The history has no such earlier state. */
export class AsOfError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}) {
    super("AS_OF", message, context);
  }
}

/** A day stands for its end, a time for itself; both in UTC. @throws AsOfError for anything else. */
export function parseMoment(text: string): Date {
  const form = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)Z?)?$/.exec(text);
  const moment = new Date(`${form?.[1]}T${form?.[2] ?? "23:59:59.999"}Z`);
  if (form === null || Number.isNaN(moment.getTime()) || !moment.toISOString().startsWith(form[1] as string))
    throw new AsOfError(`"${text}" is no date like 2024-05-31 or time like 2024-05-31T18:00 (UTC).`, { text });
  return moment;
}

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
  // The rest of today has not happened yet, and changes nothing.
  return asOf.moment.toISOString().slice(0, 10) <= now.toISOString().slice(0, 10) ? asOf.moment : notYet(asOf.moment);
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

function notYet(moment: Date): never {
  throw new AsOfError(`${moment.toISOString()} lies in the future.`);
}
