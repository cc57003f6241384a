import type { PublishedRun, SegmentDatabase } from "../../ports.ts";
import { namedError, partError } from "../../postgres/errors.ts";
import { applyMigrations, checkServerVersion, type Migration } from "../../postgres/migrations.ts";
import { publishedRun } from "../../postgres/segmentDatabase.ts";
import { type ListedRunRow, runSummaryQuery, runsQuery } from "../../tables/runs.ts";
import { sleep as realSleep } from "../transientError.ts";
import type { DataApi } from "./dataApi.ts";
import { dataApiConnection } from "./dataApiConnection.ts";
import { databaseFailure } from "./dataApiErrors.ts";
import { type ImportOptions, importPart } from "./dataApiImport.ts";

export interface DataApiDatabaseOptions extends ImportOptions {
  readonly api: DataApi;
  readonly migrations: () => Promise<readonly Migration[]>;
  /** Runs that stay readable; default 12. */
  readonly keepRuns?: number;
  /** How long a publication may take; default 4 minutes. */
  readonly publishTimeoutMs?: number;
  /** Waits; replaced in tests. */
  readonly sleep?: (ms: number) => Promise<void>;
}

const DEFAULT_KEEP_RUNS = 12;
const PUBLISH_TIMEOUT_MS = 240_000;
const PUBLISH_POLL_MS = 5_000;

/**
 * The calls of the protocol in `sql/postgres`, with named parameters; casts instead of `::`, which a parser may take
 * for one.
 */
export const STATEMENTS = {
  extension: "create extension if not exists aws_s3 cascade",
  version: "select cast(current_setting('server_version_num') as integer) as version",
  stageRun: `select rfm.stage_run(:runId, :modelVersion, cast(:snapshotDate as date), cast(:createdAt as timestamptz),
    cast(:customers as bigint), cast(:summary as jsonb))`,
  publishRun: "select rfm.publish_run(:runId, cast(:expectedRows as bigint), cast(:keepRuns as integer))",
  republishRun: "select cast(rfm.republish_run(:runId) as text) as done",
  /** A publication that failed, or goes on, leaves the run staged. */
  isPublished:
    "select case when count(*) = 0 then 1 else 0 end as found from rfm.loads where run_id = :runId and state = 'staged'",
  runs: runsQuery(),
  summary: runSummaryQuery(":runId"),
} as const;

/** The segment database over the RDS Data API; rows come from the bucket by `aws_s3`, not through here. */
export function openDataApiDatabase(options: DataApiDatabaseOptions): SegmentDatabase {
  const { api } = options;
  const query = <Row extends object>(sql: string, parameters: Parameters<DataApi["query"]>[1], task: string) =>
    api.query<Row>(sql, parameters).catch((error) => Promise.reject(namedError(databaseFailure(error), task)));
  return {
    migrate: () =>
      migrate(options).catch((error) =>
        Promise.reject(namedError(databaseFailure(error), "to bring its schema up to date")),
      ),
    async stageRun({ runId, modelVersion, snapshotDate, createdAt, customers, summary }) {
      const parameters = { runId, modelVersion, snapshotDate, createdAt, customers, summary };
      await query(STATEMENTS.stageRun, parameters, `to stage run '${runId}'`);
    },
    loadPart: (runId, store, key, content) =>
      importPart(options, runId, store, key, content).catch((error) =>
        Promise.reject(partError(databaseFailure(error), key, runId)),
      ),
    publish: (runId, expectedRows) =>
      publish(options, runId, expectedRows).catch((error) =>
        Promise.reject(namedError(databaseFailure(error), `to publish run '${runId}'`)),
      ),
    async republish(runId) {
      await query(STATEMENTS.republishRun, { runId }, `to publish run '${runId}' again`);
    },
    async runs() {
      const rows = await query<ListedRunRow>(STATEMENTS.runs, {}, "to list the runs");
      // One by one: an answer of the Data API ends at 1 MiB.
      const runs: PublishedRun[] = [];
      for (const row of rows) {
        const task = `to read the summary of run '${row.run_id}'`;
        const [found] = await query<{ summary: string }>(STATEMENTS.summary, { runId: row.run_id }, task);
        runs.push(publishedRun(row, found?.summary ?? "{}"));
      }
      return runs;
    },
    close: async () => undefined,
  };
}

async function migrate({ api, migrations }: DataApiDatabaseOptions): Promise<void> {
  const known = await migrations();
  await api.transaction(async (transactionId) => {
    const [server] = await api.query<{ version: number }>(STATEMENTS.version, {}, { transactionId });
    checkServerVersion(server?.version ?? 0);
    await api.query(STATEMENTS.extension, {}, { transactionId });
    await applyMigrations(dataApiConnection(api, transactionId), known);
  });
}

/**
 * One call is one transaction. The index over the new rows may take longer than the Data API waits: then it is watched.
 */
async function publish(options: DataApiDatabaseOptions, runId: string, expectedRows: number): Promise<void> {
  const { api, keepRuns = DEFAULT_KEEP_RUNS, publishTimeoutMs = PUBLISH_TIMEOUT_MS, sleep = realSleep } = options;
  try {
    await api.query(STATEMENTS.publishRun, { runId, expectedRows, keepRuns }, { continueAfterTimeout: true });
  } catch (error) {
    if ((error as Error).name !== "StatementTimeoutException") throw error;
    for (let waitedMs = 0; waitedMs < publishTimeoutMs; waitedMs += PUBLISH_POLL_MS) {
      await sleep(PUBLISH_POLL_MS);
      const [row] = await api.query<{ found: number }>(STATEMENTS.isPublished, { runId });
      if (row?.found === 1) return;
    }
    throw error;
  }
}
