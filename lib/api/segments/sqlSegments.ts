import type { Summary } from "../../domain/run/summary.ts";
import { orderByOf } from "../../tables/customerOrders.ts";
import { selectList } from "../../tables/rows.ts";
import {
  CURRENT_RUN_QUERY,
  isoMoment,
  type ListedRunRow,
  type RunRow,
  runSummaryQuery,
  runsQuery,
} from "../../tables/runs.ts";
import { SEGMENT_ROWS } from "../../tables/segments.ts";
import { type CustomerRow, customerOf, type RunFacts, type SegmentReader, withoutCaseInSql } from "./segmentReader.ts";

/** Runs one statement with named parameters `:name`; never text put together. */
export type NamedQuery = <Row extends object>(
  sql: string,
  parameters: Readonly<Record<string, string | number | null>>,
) => Promise<Row[]>;

/** Which customers of a run a listing is of. */
const LISTED = `from rfm.run_segments as customers where run_id = :runId
    and (cast(:segment as text) is null or rfm_segment = cast(:segment as text))
    and (cast(:search as text) is null or position(${withoutCaseInSql("cast(:search as text)")} in ${withoutCaseInSql("customer_id")}) > 0)`;
const COLUMNS = selectList(SEGMENT_ROWS.columns);
const CUSTOMER = `select ${COLUMNS} from rfm.run_segments`;

/**
 * Statements over the views of `sql/postgres`. Casts say what a parameter is, for the clients send them as they like.
 */
export const STATEMENTS = {
  currentRun: CURRENT_RUN_QUERY,
  runs: runsQuery(),
  summary: runSummaryQuery(":runId"),
  hasRun: "select count(*) as found from rfm.runs where run_id = :runId",
  customers: `${CUSTOMER} where run_id = :runId and customer_id in (
    select jsonb_array_elements_text(cast(:ids as jsonb)) collate "C") order by customer_id`,
  history: `${CUSTOMER} where customer_id = :id order by snapshot_date desc, run_id`,
  listed: `select count(*) as total ${LISTED}`,
  page: `${CUSTOMER} where run_id = :runId and rfm_segment = :segment
    and (cast(:after as text) is null or customer_id > cast(:after as text) collate "C")
    order by customer_id limit cast(:limit as integer)`,
} as const;

/** Published segments in PostgreSQL: a server, or Aurora through the Data API. */
export function openSqlSegments(query: NamedQuery, close: () => Promise<void>): SegmentReader {
  const facts = ({ created_at, customers, ...row }: RunRow): RunFacts => ({
    ...row,
    created_at: isoMoment(created_at),
    customers: Number(customers),
  });
  const hasRun = async (runId: string): Promise<boolean> => {
    const [run] = await query<{ found: number }>(STATEMENTS.hasRun, { runId });
    return Number(run?.found) > 0;
  };
  return {
    async currentRun() {
      const [run] = await query<RunRow>(STATEMENTS.currentRun, {});
      return run === undefined ? undefined : facts(run);
    },
    async runs() {
      const rows = await query<ListedRunRow>(STATEMENTS.runs, {});
      return rows.map(({ is_current, published_at: _, ...run }) => ({ ...facts(run), is_current }));
    },
    async summary(runId) {
      const [row] = await query<{ summary: string }>(STATEMENTS.summary, { runId });
      return row === undefined ? undefined : (JSON.parse(row.summary) as Summary);
    },
    customers: async (runId, ids) =>
      (await query<CustomerRow>(STATEMENTS.customers, { runId, ids: JSON.stringify(ids) })).map(customerOf),
    history: async (id) => (await query<CustomerRow>(STATEMENTS.history, { id })).map(customerOf),
    async list({ order, limit, ...wanted }) {
      const [counted] = await query<{ total: number | string }>(STATEMENTS.listed, { ...wanted });
      const total = Number(counted?.total ?? 0);
      const sql = `select ${COLUMNS} ${LISTED} order by ${orderByOf(order, "customers")} limit cast(:limit as integer)`;
      const rows = total === 0 ? [] : await query<CustomerRow>(sql, { ...wanted, limit });
      if (total > 0 || (await hasRun(wanted.runId))) return { total, customers: rows.map(customerOf) };
      return undefined;
    },
    async page({ runId, segment, after, limit }) {
      const rows = await query<CustomerRow>(STATEMENTS.page, { runId, segment, after, limit });
      if (rows.length > 0) return rows.map(customerOf);
      return (await hasRun(runId)) ? [] : undefined;
    },
    close,
  };
}
