import { SegmentationError } from "../../domain/errors.ts";
import { compareUtf8 } from "../../domain/text/utf8Order.ts";
import type { Clock } from "../../ports.ts";
import { type AnswerPlace, askTables } from "../erasure/eraseFromTables.ts";
import { sqlTimestamp } from "../sql/policyParameters.ts";
import { renderStatement } from "../sql/render.ts";
import { momentOfLedger, nextMoment } from "./ledgerClock.ts";

/** There is no such source in the live history. */
export class UnknownSourceError extends SegmentationError {
  constructor(source: string, known: readonly string[]) {
    const names = known.slice(0, 10).join(", ");
    const more = known.length > 10 ? ` and ${known.length - 10} more` : "";
    const there = known.length === 0 ? "The history is empty." : `The live sources are: ${names}${more}.`;
    super("UNKNOWN_SOURCE", `No live source is called "${source}". ${there}`, { source });
  }
}

/** A source that counts. */
export interface LiveSource {
  readonly source: string;
  readonly rows: number;
  /** ISO timestamp. */
  readonly committedAt: string;
}

/** The sources that count now, by name. */
export async function liveSources(place: AnswerPlace, clock: Clock): Promise<LiveSource[]> {
  // A commit by a clock that is a little ahead counts, too.
  const asOf = new Date((await momentOfLedger(place.store, clock)).getTime() + 60_000);
  const rows = await askTables(place, "erasure/live_sources", { as_of: sqlTimestamp(asOf) });
  const sources = rows.map(({ source, rows_in, committed_at }) => ({
    source: String(source),
    rows: Number(rows_in),
    committedAt: new Date(String(committed_at)).toISOString(),
  }));
  return sources.sort((a, b) => compareUtf8(a.source, b.source));
}

/** Writes into the ledger that a source is out of the history from now on; its rows stay, for runs as of earlier. */
export async function takeOut(
  { sql, store }: Pick<AnswerPlace, "sql" | "store">,
  { source, committedAt }: Pick<LiveSource, "source" | "committedAt">,
  clock: Clock,
): Promise<void> {
  const now = await nextMoment(store, clock, Date.parse(committedAt));
  const ingest_id = `removal-${now.toISOString().replace(/[-:.]/g, "")}`;
  await sql.run(renderStatement("ingest/remove_source", { ingest_id, source, removed_at: sqlTimestamp(now) }));
}
