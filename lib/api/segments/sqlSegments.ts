import type { Summary } from "../../domain/run/summary.ts";
import { selectList } from "../../tables/rows.ts";
import { SEGMENT_ROWS } from "../../tables/segments.ts";
import { type CustomerRow, customerOf, type RunFacts, type SegmentReader } from "./segmentReader.ts";

/** Runs one statement with named parameters `:name`; never text put together. */
export type NamedQuery = <Row extends object>(
  sql: string,
  parameters: Readonly<Record<string, string | number | null>>,
) => Promise<Row[]>;

const CUSTOMER = `select ${selectList(SEGMENT_ROWS.columns)} from rfm.run_segments`;
const RUN = `select run_id, model_version, cast(snapshot_date as text) as snapshot_date,
  to_char(created_at at time zone 'UTC', cast(:isoFormat as text)) as created_at, customers`;
/** A parameter, not text of the statement: its colons would look like parameters. */
const ISO_FORMAT = { isoFormat: 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"' };

/** Statements over the views of `sql/postgres`. Casts say what a parameter is, for the clients send them as they like. */
export const STATEMENTS = {
  currentRun: `${RUN} from rfm.current_run`,
  runs: `${RUN}, coalesce(is_current, false) as is_current from rfm.runs order by publication desc`,
  summary: "select cast(summary as text) as summary from rfm.runs where run_id = :runId",
  hasRun: "select count(*) as found from rfm.runs where run_id = :runId",
  customers: `${CUSTOMER} where run_id = :runId and customer_id in (
    select jsonb_array_elements_text(cast(:ids as jsonb)) collate "C") order by customer_id`,
  history: `${CUSTOMER} where customer_id = :id order by snapshot_date desc, run_id`,
  page: `${CUSTOMER} where run_id = :runId and rfm_segment = :segment
    and (cast(:after as text) is null or customer_id > cast(:after as text) collate "C")
    order by customer_id limit cast(:limit as integer)`,
} as const;

/** Published segments in PostgreSQL: a server, or Aurora through the Data API. */
export function openSqlSegments(query: NamedQuery, close: () => Promise<void>): SegmentReader {
  const facts = <Row extends RunFacts>(row: Row): Row => ({ ...row, customers: Number(row.customers) });
  return {
    async currentRun() {
      const [run] = await query<RunFacts>(STATEMENTS.currentRun, ISO_FORMAT);
      return run === undefined ? undefined : facts(run);
    },
    runs: async () => (await query<RunFacts & { is_current: boolean }>(STATEMENTS.runs, ISO_FORMAT)).map(facts),
    async summary(runId) {
      const [row] = await query<{ summary: string }>(STATEMENTS.summary, { runId });
      return row === undefined ? undefined : (JSON.parse(row.summary) as Summary);
    },
    customers: async (runId, ids) =>
      (await query<CustomerRow>(STATEMENTS.customers, { runId, ids: JSON.stringify(ids) })).map(customerOf),
    history: async (id) => (await query<CustomerRow>(STATEMENTS.history, { id })).map(customerOf),
    async page({ runId, segment, after, limit }) {
      const rows = await query<CustomerRow>(STATEMENTS.page, { runId, segment, after, limit });
      if (rows.length > 0) return rows.map(customerOf);
      const [run] = await query<{ found: number }>(STATEMENTS.hasRun, { runId });
      return Number(run?.found) > 0 ? [] : undefined;
    },
    close,
  };
}
