import type { ObjectStore, PartContent, PublishedRun, RunRecord, SegmentDatabase } from "../ports.ts";
import { isoMoment, type ListedRunRow, runsQuery } from "../tables/runs.ts";
import { inTransaction, type PgConnection, type PgSession } from "./connection.ts";
import { DatabaseError, namedError, partError, SegmentPartError } from "./errors.ts";
import { applyMigrations, checkServerVersion, readMigrations } from "./migrations.ts";
import { openPart } from "./segmentPart.ts";

export interface SegmentDatabaseOptions {
  /** Runs that stay readable, the current one included; default 12. */
  readonly keepRuns?: number;
}

/** The port, and a way to read what was published. */
export interface PostgresSegmentDatabase extends SegmentDatabase {
  /**
   * Reads with one statement, for example from `rfm.current_segments`. Dates come as ISO text, decimals as text,
   * 64-bit integers as numbers.
   */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

const DEFAULT_KEEP_RUNS = 12;

/**
 * The calls of the protocol in `sql/postgres`; parameters only, never text put together. No result is of the type
 * `void`: the Data API cannot hand it over.
 */
export const STATEMENTS = {
  stageRun: "select rfm.stage_run($1, $2, $3::text::date, $4::text::timestamptz, $5::bigint, $6::text::jsonb)",
  beginPart: "select staged_load, table_name, is_new, known_rows from rfm.begin_part($1, $2, $3)",
  beginMovementsPart: "select staged_load, table_name, is_new, known_rows from rfm.begin_movements_part($1, $2, $3)",
  finishPart: "select rfm.finish_part($1::bigint, $2, $3::bigint)::text as done",
  publishRun: "select rfm.publish_run($1, $2::bigint, $3::integer) as deleted",
  republishRun: "select rfm.republish_run($1)::text as done",
  runs: runsQuery("cast(summary as text) as summary"),
} as const;

/** `COPY`'s options for a part; the same text goes into `aws_s3.table_import_from_s3`. */
export const COPY_OPTIONS = "format csv, header true, encoding 'UTF8'";

/** The table and columns that a part is copied into. */
export function copyTarget(tableName: string, columns: readonly string[]): string {
  // The name comes from the database; this keeps a changed function from turning it into something else.
  if (!/^staged_(load|movements)_\d+$/.test(tableName)) {
    throw new DatabaseError("DATABASE", `Unexpected staging table "${tableName}".`, { tableName });
  }
  return `rfm.${tableName} (${columns.join(", ")})`;
}

/** A row of `runsQuery` as the port tells it. */
export const publishedRun = (row: ListedRunRow, summary: string): PublishedRun => ({
  runId: row.run_id,
  modelVersion: row.model_version,
  snapshotDate: row.snapshot_date,
  createdAt: isoMoment(row.created_at),
  publishedAt: isoMoment(row.published_at),
  customers: Number(row.customers),
  summary,
  isCurrent: row.is_current,
});

interface PartPlace {
  readonly staged_load: number;
  readonly table_name: string;
  readonly is_new: boolean;
  readonly known_rows: number | null;
}

async function copyPart(
  connection: PgConnection,
  runId: string,
  store: ObjectStore,
  key: string,
  content: PartContent,
): Promise<number> {
  const part = await store.head(key);
  if (part === undefined)
    throw new SegmentPartError("SEGMENT_PART", `Part ${key} of run '${runId}' is missing.`, { key });
  const begin = content === "segments" ? STATEMENTS.beginPart : STATEMENTS.beginMovementsPart;
  const [place] = await connection.query<PartPlace>(begin, [runId, key, part.etag]);
  if (place === undefined) throw new DatabaseError("DATABASE", "The database gave no place for a part.", { key });
  if (!place.is_new) return place.known_rows ?? 0;
  const { columns, bytes } = await openPart(store, part, content);
  const rows = await connection.copyIn(copyTarget(place.table_name, columns), COPY_OPTIONS, bytes);
  await connection.query(STATEMENTS.finishPart, [place.staged_load, key, rows]);
  return rows;
}

async function migrate(session: PgSession): Promise<void> {
  const migrations = await readMigrations();
  await inTransaction(session, async (connection) => {
    const [server] = await connection.query<{ version: number }>(
      "select current_setting('server_version_num')::integer as version",
    );
    checkServerVersion(server?.version ?? 0);
    await applyMigrations(connection, migrations);
  });
}

/** The port over any PostgreSQL client; `sql/postgres` holds what it does. */
export function createSegmentDatabase(
  session: PgSession,
  options: SegmentDatabaseOptions = {},
): PostgresSegmentDatabase {
  const keepRuns = options.keepRuns ?? DEFAULT_KEEP_RUNS;
  const query = <Row extends object>(text: string, values: readonly unknown[], task: string, context = {}) =>
    session
      .withConnection((connection) => connection.query<Row>(text, values))
      .catch((error: unknown) => Promise.reject(namedError(error, task, context)));
  return {
    migrate: () =>
      migrate(session).catch((error) => Promise.reject(namedError(error, "to bring its schema up to date"))),
    async stageRun(run: RunRecord) {
      const { runId, modelVersion, snapshotDate, createdAt, customers, summary } = run;
      const values = [runId, modelVersion, snapshotDate, createdAt, customers, summary];
      await query(STATEMENTS.stageRun, values, `to stage run '${runId}'`, { runId });
    },
    loadPart: (runId, store, key, content = "segments") =>
      inTransaction(session, (connection) => copyPart(connection, runId, store, key, content)).catch((error) =>
        Promise.reject(partError(error, key, runId)),
      ),
    async publish(runId, expectedRows) {
      const task = `to publish run '${runId}'`;
      const values = [runId, expectedRows, keepRuns];
      const [answer] = await query<{ deleted: number }>(STATEMENTS.publishRun, values, task, { runId });
      if (!session.vacuumsItself && (answer?.deleted ?? 0) > 0)
        await query("vacuum rfm.segments, rfm.movements", [], task, { runId });
    },
    async republish(runId) {
      await query(STATEMENTS.republishRun, [runId], `to publish run '${runId}' again`, { runId });
    },
    async runs() {
      const rows = await query<ListedRunRow & { summary: string }>(STATEMENTS.runs, [], "to list the runs");
      return rows.map((row) => publishedRun(row, row.summary));
    },
    query: (text, values = []) => query(text, values, "a query"),
    close: () => session.close(),
  };
}
