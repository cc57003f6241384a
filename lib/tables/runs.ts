/**
 * Milliseconds, whatever the session's time zone and date style, and without a colon: some clients take one for a
 * parameter.
 */
const milliseconds = (column: string): string => `cast(extract(epoch from ${column}) * 1000 as bigint) as ${column}`;

const FACTS = `run_id, model_version, cast(snapshot_date as varchar) as snapshot_date, ${milliseconds("created_at")}, customers`;

/** A run as PostgreSQL's views `rfm.runs` and `rfm.current_run` have it, by the queries below. */
export interface RunRow {
  readonly run_id: string;
  readonly model_version: string;
  readonly snapshot_date: string;
  readonly created_at: number;
  readonly customers: number;
}
/** A run among all that can be read. */
export interface ListedRunRow extends RunRow {
  readonly published_at: number;
  readonly is_current: boolean;
}

export const CURRENT_RUN_QUERY = `select ${FACTS} from rfm.current_run`;

/** Runs that can be read, the latest publication first. @param more columns. */
export const runsQuery = (...more: readonly string[]): string =>
  `select ${[FACTS, milliseconds("published_at"), "coalesce(is_current, false) as is_current", ...more].join(", ")}
   from rfm.runs order by publication desc`;

/** The summary of one run. @param runId its place in the statement: a parameter. */
export const runSummaryQuery = (runId: string): string =>
  `select cast(summary as text) as summary from rfm.runs where run_id = ${runId}`;

/** ISO timestamp of a run's moment; the clients of PostgreSQL may hand it out as text. */
export const isoMoment = (moment: number | string): string => new Date(Number(moment)).toISOString();
