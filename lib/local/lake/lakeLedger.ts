import { existsSync, globSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Clock } from "../../ports.ts";
import { count, day, moneyText, optional } from "../../tables/contract.ts";
import { HISTORY_TABLES } from "../../tables/history.ts";
import { INGEST_STAGES } from "../../tables/ingestStages.ts";
import { rowOf } from "../../tables/rows.ts";
import { tablePrefix } from "../../workflow/lake/layout.ts";
import { takeOut, UnknownSourceError } from "../../workflow/ledger/forgetSource.ts";
import { keepLedgerClock } from "../../workflow/ledger/ledgerClock.ts";
import { keepInventory } from "../doctor/inventory.ts";
import { type QuickCheckOptions, refuseIncompleteLake } from "../doctor/missingPieces.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { momentOf } from "./asOf.ts";
import { openFolderStore } from "./folderStore.ts";
import { whenLakeIsFree } from "./lakeLock.ts";
import { CATALOG_KEY } from "./lakePaths.ts";
import { NoLakeError } from "./lakeQueries.ts";

/** One source of one drop, as the ledger has it. */
export interface LedgerEntry {
  readonly source: string;
  readonly ingestId: string;
  /** ISO timestamp. */
  readonly committedAt: string;
  /**
   * live: counts. replaced: the source was dropped again. removed: it was taken out. removal: the entry that did so.
   */
  readonly state: "live" | "replaced" | "removed" | "removal";
  readonly rows: number;
  /** Rows that count by themselves, under the policy of the drop; null when its papers are gone. */
  readonly keptRows: number | null;
  /** Their money, exact decimal text. */
  readonly keptAmount: string | null;
  /** ISO dates of the first and last line; null where no line has a date. */
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly contentHash: string | null;
}

/**
 * Opens a lake's catalog, waiting for a run that is going on. @throws NoLakeError, LakeBusyError, LakeIncompleteError.
 */
export async function openCatalogOf(
  directory: string,
  waitMs: number,
  check: QuickCheckOptions = {},
): Promise<DuckDbEngine> {
  const lakeDirectory = resolve(directory);
  refuseIncompleteLake(lakeDirectory, check);
  if (!existsSync(join(lakeDirectory, CATALOG_KEY))) throw new NoLakeError(directory);
  return whenLakeIsFree(
    () => openDuckDbEngine({ lakeDirectory, threads: 2, tempDirectory: join(lakeDirectory, ".tmp") }),
    waitMs,
  );
}

/** When something was committed or removed last; the year 1970 for an empty ledger. */
export async function lastCommit(engine: DuckDbEngine): Promise<Date> {
  const tables = await engine.query("select 1 from duckdb_tables() where table_name = 'ingests'");
  const [row] = tables.length === 0 ? [] : await engine.query("select max(committed_at) as moment from ingests");
  return row?.moment === null || row?.moment === undefined ? new Date(0) : momentOf(row.moment);
}

const STATES = `
  select *,
    row_number() over (partition by source order by committed_at desc, ingest_id desc, is_removed desc) as recency_rank,
    lead(is_removed) over (partition by source order by committed_at, ingest_id, is_removed) as next_is_removal
  from ingests`;

const PERIODS = `
  select ingest_id, source, cast(cast(min(ordered_at) as date) as varchar) as first_date,
    cast(cast(max(ordered_at) as date) as varchar) as last_date
  from transactions where invalid_reason is null group by ingest_id, source`;

const { source, ingest_id, content_hash, rows_in } = HISTORY_TABLES.ingests.columns;
/** The ledger's entries, and what is known of each. */
const ENTRIES = {
  columns: {
    ...{ source, ingest_id, content_hash, rows_in },
    first_date: optional(day("of the first line with a date")),
    last_date: optional(day("of the last")),
    kept_rows: optional(count("rows that its reconciliation kept")),
    kept_amount: optional(moneyText("of them")),
  },
};

/** Every entry of the ledger, the latest first. */
export async function readLedger(engine: DuckDbEngine, lakeDirectory: string): Promise<LedgerEntry[]> {
  const tables = await engine.query("select 1 from duckdb_tables() where table_name = 'ingests'");
  if (tables.length === 0 || (await engine.query("from ingests limit 1")).length === 0) return [];
  const rows = await engine.query(`
    with states as (${STATES}), periods as (${PERIODS}), kept as (${keptQuery(lakeDirectory)})
    select states.source, states.ingest_id, states.committed_at, states.content_hash, states.rows_in, first_date, last_date,
      kept_rows, kept_amount,
      case when is_removed then 'removal' when recency_rank = 1 then 'live' when next_is_removal then 'removed' else 'replaced' end as state
    from states
    left join periods on states.ingest_id = periods.ingest_id and states.source = periods.source
    left join kept on states.ingest_id = kept.ingest_id and states.source = kept.source
    order by committed_at desc, states.ingest_id desc, states.source`);
  return rows.map((row) => {
    const entry = rowOf(ENTRIES, row);
    return {
      source: entry.source,
      ingestId: entry.ingest_id,
      committedAt: momentOf(row.committed_at).toISOString(),
      state: row.state as LedgerEntry["state"],
      rows: entry.rows_in ?? 0,
      keptRows: entry.kept_rows,
      keptAmount: entry.kept_amount,
      firstDate: entry.first_date,
      lastDate: entry.last_date,
      contentHash: entry.content_hash,
    };
  });
}

/** Files of the drops' reconciliations: of today's, and of earlier releases, which had a folder of their own. */
const RECONCILIATIONS = [INGEST_STAGES.reconcile.within, undefined].map(
  (within) => `raw/*/${tablePrefix("", "reconcile", within)}*.parquet`,
);

/** What each drop's reconciliation kept, by source. */
function keptQuery(lakeDirectory: string): string {
  const found = RECONCILIATIONS.filter((files) => globSync(files, { cwd: lakeDirectory }).length > 0);
  const sums =
    "cast(sum(row_count) as bigint) as kept_rows, cast(sum(cast(amount as decimal(38, 4))) as varchar) as kept_amount";
  if (found.length === 0)
    return "select null as ingest_id, null as source, null as kept_rows, null as kept_amount where false";
  const files = found.map((each) => quoteLiteral(join(lakeDirectory, each))).join(", ");
  return `select regexp_extract(filename, 'ingest_id=([^/\\\\]+)', 1) as ingest_id, source, ${sums}
    from read_parquet([${files}], union_by_name = true, filename = true, hive_partitioning = false)
    where outcome = 'kept' group by 1, 2`;
}

/** Takes a source out of the history from now on; its rows stay, for runs as of earlier. @throws UnknownSourceError. */
export async function removeSource(
  engine: DuckDbEngine,
  lakeDirectory: string,
  source: string,
  clock: Clock,
): Promise<LedgerEntry> {
  const live = (await readLedger(engine, lakeDirectory)).filter((entry) => entry.state === "live");
  const entry = live.find((candidate) => candidate.source === source);
  if (entry === undefined)
    throw new UnknownSourceError(
      source,
      live.map((candidate) => candidate.source),
    );
  const store = openFolderStore(lakeDirectory);
  await keepLedgerClock(store, await lastCommit(engine));
  await takeOut({ sql: engine, store }, entry, clock);
  await keepInventory(store, lakeDirectory, engine);
  return entry;
}
