import { type AudienceFilter, UnknownNameError } from "../../domain/audience/audience.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { PostgresSegmentDatabase } from "../../postgres/segmentDatabase.ts";
import { selectList } from "../../tables/rows.ts";
import { SEGMENT_ROWS } from "../../tables/segments.ts";
import { type AudienceSource, NoForecastError, NoRunError, type SegmentedCustomer } from "./source.ts";

const PAGE_ROWS = 20_000;
const PAGE = `select ${selectList(SEGMENT_ROWS.columns)} from rfm.run_segments
  where run_id = $1 and (cardinality($2::text[]) = 0 or rfm_segment = any ($2::text[]))
    and (cardinality($3::integer[]) = 0 or cluster_id = any ($3::integer[]))
    and ($4::text is null or customer_id > $4::text collate "C")
  order by customer_id limit ${PAGE_ROWS}`;

interface FoundRun {
  readonly run_id: string;
  readonly snapshot_date: string;
  readonly summary: string;
}

/**
 * The segments of a run in a PostgreSQL database.
 * @param tableSegments names of the segment table in force: the database knows only segments that have customers.
 * @throws NoRunError where nothing is published, UnknownNameError for another run id.
 */
export async function openDatabaseAudience(
  database: PostgresSegmentDatabase,
  runId?: string,
  tableSegments: readonly string[] = [],
): Promise<AudienceSource> {
  const run = await findRun(database, runId);
  const summary = JSON.parse(run.summary) as Summary;
  return {
    runId: run.run_id,
    snapshotDate: run.snapshot_date,
    segments: [...new Set([...summary.segments.map(({ name }) => name), ...tableSegments])],
    clusters: summary.clusters.map(({ id, label }) => ({ id, label })),
    rows: (filter) => {
      if (filter.forecast !== undefined)
        throw new NoForecastError("The database has no forecasts: leave --database-url out, and the lake's are taken.");
      return rows(database, run.run_id, filter);
    },
    close: () => database.close(),
  };
}

async function findRun(database: PostgresSegmentDatabase, runId?: string): Promise<FoundRun> {
  const [schema] = await database.query<{ found: boolean }>("select to_regclass('rfm.runs') is not null as found");
  if (schema?.found !== true) throw new NoRunError("the database");
  const [found] = await database.query<FoundRun>(
    "select run_id, snapshot_date::text as snapshot_date, summary::text as summary from rfm.runs where case when $1::text is null then is_current else run_id = $1::text end",
    [runId ?? null],
  );
  if (found !== undefined) return found;
  const known = await database.query<{ run_id: string }>("select run_id from rfm.runs order by publication desc");
  if (runId === undefined || known.length === 0) throw new NoRunError("the database");
  const ids = known.map((run) => run.run_id);
  throw new UnknownNameError("run", runId, ids);
}

/**
 * Pages by the last id rather than a cursor: no transaction stays open while a slow disk is written to. A run never
 * changes.
 */
async function* rows(
  database: PostgresSegmentDatabase,
  runId: string,
  { segments, clusterIds }: AudienceFilter,
): AsyncGenerator<SegmentedCustomer[]> {
  let after: string | null = null;
  for (;;) {
    const page: SegmentedCustomer[] = await database.query(PAGE, [runId, segments, clusterIds, after]);
    if (page.length > 0) yield page;
    if (page.length < PAGE_ROWS) return;
    after = page.at(-1)?.customer_id ?? null;
  }
}
