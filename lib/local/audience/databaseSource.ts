import { type AudienceFilter, forecastConditions, orderBy, UnknownNameError } from "../../domain/audience/audience.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { PostgresSegmentDatabase } from "../../postgres/segmentDatabase.ts";
import { columnNames } from "../../tables/contract.ts";
import { SEGMENT_ROWS } from "../../tables/segments.ts";
import { type AudienceSource, NoRunError, requireForecast, type SegmentedCustomer } from "./source.ts";

const PAGE_ROWS = 20_000;
/** Columns that a database of an earlier release lacks are empty. */
const EMPTY_ROW = Object.fromEntries(columnNames(SEGMENT_ROWS).map((name) => [name, null]));

/** A page's statement: by the last id of the page before, or where customers are sorted by its number of rows. */
function pageOf({ forecast, order }: AudienceFilter): string {
  const expected = (forecast === undefined ? [] : forecastConditions(forecast)).map((condition) => `and ${condition}`);
  const start =
    order === undefined ? `and ($4::text is null or customer_id > $4::text collate "C")` : "and $4::text is null";
  return `select * from rfm.run_segments
    where run_id = $1 and (cardinality($2::text[]) = 0 or rfm_segment = any ($2::text[]))
      and (cardinality($3::integer[]) = 0 or cluster_id = any ($3::integer[])) ${expected.join(" ")} ${start}
    ${orderBy(order)} limit $5::integer offset $6::integer`;
}

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
    rows: (filter) => rows(database, { runId: run.run_id, summary }, filter),
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
 * Pages rather than a cursor: no transaction stays open while a slow disk is written to. A run never changes.
 * @throws NoForecastError where customers are asked for by a forecast that the run does not have.
 */
async function* rows(
  database: PostgresSegmentDatabase,
  { runId, summary }: { readonly runId: string; readonly summary: Summary },
  filter: AudienceFilter,
): AsyncGenerator<SegmentedCustomer[]> {
  const { segments, clusterIds, order } = filter;
  await requireForecast(filter, summary, async () => {
    const [row] = await database.query<{ found: boolean }>(
      `select exists (select 1 from rfm.run_segments as figures
         where run_id = $1 and to_jsonb(figures) ->> 'p_alive' is not null) as found`,
      [runId],
    );
    return row?.found === true;
  });
  const statement = pageOf(filter);
  let after: string | null = null;
  for (let given = 0; ; ) {
    const limit = Math.min(PAGE_ROWS, (order?.top ?? Number.POSITIVE_INFINITY) - given);
    const offset = order === undefined ? 0 : given;
    const page: SegmentedCustomer[] = await database.query(statement, [
      ...[runId, segments, clusterIds, after, limit, offset],
    ]);
    if (page.length > 0) yield page.map((row) => ({ ...EMPTY_ROW, ...row }));
    given += page.length;
    if (page.length < PAGE_ROWS) return;
    if (order === undefined) after = page.at(-1)?.customer_id ?? null;
  }
}
