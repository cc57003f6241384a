import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../domain/config/config.ts";
import { parseConfig } from "../../domain/config/configFile.ts";
import { sqlLiteral } from "../../domain/text/sqlLiteral.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunManifest, RunPlan } from "../../workflow/documents.ts";
import { configKey, rawRowsKey, runKey } from "../../workflow/lake/layout.ts";
import {
  lakeVersionOf,
  recordLakeVersion,
  tableStatements,
  USUAL_LAKE_VERSION,
  versionAfter,
} from "../../workflow/ledger/lakeVersion.ts";
import { readIfThere } from "../../workflow/models/reference.ts";
import { policyParameters, sqlTimestamp, windowStart } from "../../workflow/sql/policyParameters.ts";
import { renderStatementFrom } from "../../workflow/sql/render.ts";
import { renderIngestStatements } from "../../workflow/sql/statements.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";
import { momentOf } from "../lake/asOf.ts";
import { configCopyKey, type Inventory, LEDGER_COLUMNS, type LedgerRow } from "./inventory.ts";

/** What came of it. */
export interface CatalogRebuild {
  readonly ingests: number;
  readonly rows: number;
  /** Ingests whose raw rows are gone; of those that were replaced, nothing needs them but runs as of earlier. */
  readonly withoutRows: readonly string[];
}

interface Place {
  readonly engine: DuckDbEngine;
  readonly store: ObjectStore;
  readonly lakeDirectory: string;
}

/**
 * Fills a new catalog: ingest by ingest in the order of their commits, each from its raw rows by the statements that
 * brought them in, then its entries of the ledger from their copies. What deliveries share is found again on the way.
 */
export async function rebuildCatalogRows(place: Place, inventory: Inventory): Promise<CatalogRebuild> {
  const { engine, store, lakeDirectory } = place;
  const ingests = [...Map.groupBy(inventory.ledger, ({ ingest_id }) => String(ingest_id))];
  // The version that the lake had; where that is gone too, the one that its ingests need.
  let version = Math.max(USUAL_LAKE_VERSION, await lakeVersionOf(store));
  const configs = new Map<string, Config>();
  for (const [ingestId] of ingests) configs.set(ingestId, await configOf(store, inventory, ingestId));
  for (const config of configs.values()) version = versionAfter(version, config);
  for (const { statement, proof } of tableStatements(1, store.uri, version))
    await engine.run(statement).catch(() => engine.run(proof));
  await recordLakeVersion(store, version, "doctor");
  const withoutRows: string[] = [];
  for (const [ingestId, entries] of ingests) {
    const hasRows = existsSync(join(lakeDirectory, rawRowsKey(ingestId)));
    if (hasRows) await bringIn(place, { config: configs.get(ingestId) as Config, ingestId, entries, version });
    else if (entries.some(({ is_removed }) => is_removed !== "true")) withoutRows.push(ingestId);
    await insertEntries(engine, entries);
  }
  await describeRejects(place, inventory);
  const [count] = await engine.query("select count(*) as rows from transactions");
  return { ingests: ingests.length, rows: Number(count?.rows), withoutRows };
}

interface IngestToBring {
  readonly config: Config;
  readonly ingestId: string;
  readonly entries: readonly LedgerRow[];
  /** Of the lake's tables. */
  readonly version: number;
}

async function bringIn({ engine, store }: Place, { config, ingestId, entries, version }: IngestToBring): Promise<void> {
  const statements = renderIngestStatements({
    config,
    now: momentOf(entries[0]?.committed_at),
    attempt: ingestId,
    lakeUri: store.uri,
    lakeVersion: version,
    codeVersion: entries[0]?.written_by ?? "unknown",
  });
  const shared = statements.reconcile.filter((statement) => statement.startsWith("-- ingest/find_shared_orders"));
  for (const statement of [statements.clean, ...shared]) await engine.run(statement);
}

/** The settings of an ingest: their copy, those of its attempt, or the defaults, as of those that came later. */
async function configOf(store: ObjectStore, { configs }: Inventory, ingestId: string): Promise<Config> {
  const copy = configs[ingestId];
  const kept = copy === undefined ? undefined : await readIfThere<Config>(store, configCopyKey(copy));
  return { ...parseConfig({}), ...(kept ?? (await readIfThere<Config>(store, configKey(ingestId)))) };
}

async function insertEntries(engine: DuckDbEngine, entries: readonly LedgerRow[]): Promise<void> {
  const cell = (value: string | null): string => (value === null ? "null" : quoteLiteral(value));
  const values = entries.map((entry) => `(${LEDGER_COLUMNS.map((name) => cell(entry[name])).join(", ")})`);
  await engine.query(`insert into ingests (${LEDGER_COLUMNS.join(", ")}) values ${values.join(", ")}`);
}

/** The view of rejected rows, as the current run had made it. */
async function describeRejects({ engine, store }: Place, { runs, aliases }: Inventory): Promise<void> {
  const shown: RunManifest | undefined = runs.find(({ runId }) => runId === aliases?.run) ?? runs.at(-1);
  if (shown === undefined) return;
  const config = (await readIfThere<RunPlan>(store, runKey(shown.attempt)))?.config ?? parseConfig({});
  const asOf = new Date(shown.createdAt);
  await engine.run(
    renderStatementFrom("ddl/rejects", {
      ...policyParameters(config, asOf),
      lake_uri: store.uri,
      as_of: sqlTimestamp(asOf),
      run_id: shown.runId,
      snapshot_date: shown.snapshotDate,
      window_start: windowStart(shown.snapshotDate, config.windowMonths),
    }),
  );
}

/** Sources whose lines in the catalog are not as many as their raw rows, where these are there. */
export async function unbalancedSources({ engine, lakeDirectory }: Omit<Place, "store">): Promise<string[]> {
  const ingests = await engine.query("select distinct ingest_id from ingests where not is_removed order by 1");
  const unbalanced: string[] = [];
  for (const { ingest_id } of ingests) {
    const ingestId = String(ingest_id);
    const path = join(lakeDirectory, rawRowsKey(ingestId));
    if (!existsSync(path)) continue;
    const rows = await engine.query(
      `select source from
         (select source, count(*) as rows from read_parquet(${sqlLiteral(path)}, hive_partitioning = false) group by source) raw_rows
         full join (select source, count(*) as rows from transactions where ingest_id = ${sqlLiteral(ingestId)} group by source) lines
         using (source) where raw_rows.rows is distinct from lines.rows order by 1`,
    );
    unbalanced.push(...rows.map(({ source }) => `${source} of ${ingestId}`));
  }
  return unbalanced;
}
