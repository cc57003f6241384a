import { existsSync } from "node:fs";
import type { Config } from "../../domain/config/config.ts";
import { contentId } from "../../domain/text/hash.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { readJson, writeJson, writeJsonOnce } from "../../workflow/lake/json.ts";
import { LEDGER_PREFIX, RUNS_PREFIX } from "../../workflow/lake/layout.ts";
import { type ModelAliases, readAliases } from "../../workflow/models/aliases.ts";
import { readIfThere } from "../../workflow/models/reference.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { databaseDirectory } from "../lake/lakePaths.ts";

/** An entry of the ledger, as the catalog has it; timestamps and numbers as text. */
export type LedgerRow = Readonly<Record<LedgerColumn, string | null>>;
export const LEDGER_COLUMNS = [
  ...(["ingest_id", "source", "content_hash", "object_key", "rows_in", "committed_at", "is_removed"] as const),
  "written_by",
] as const;
type LedgerColumn = (typeof LEDGER_COLUMNS)[number];

/**
 * What a lake must contain, and copies of the small parts of it that nothing else tells: written with each commit. A
 * lake may have more, for a kill may come between a commit and this; it may not have less.
 */
export interface Inventory {
  readonly version: 1;
  readonly ledger: readonly LedgerRow[];
  /** With which settings each ingest was read: ids of `ledger/configs/`. */
  readonly configs: Readonly<Record<string, string>>;
  readonly runs: readonly RunManifest[];
  /** Null before the first run is published. */
  readonly aliases: ModelAliases | null;
  /** Keys of the published tables' files. */
  readonly published: readonly string[];
  /** Whether the lake has a database of its own. */
  readonly hasDatabase: boolean;
}

export const INVENTORY_KEY = `${LEDGER_PREFIX}inventory.json`;
export const configCopyKey = (configId: string): string => `${LEDGER_PREFIX}configs/${configId}.json`;

/** Undefined in a lake of a release that wrote none. */
export const readInventory = (store: ObjectStore): Promise<Inventory | undefined> =>
  readIfThere<Inventory>(store, INVENTORY_KEY);

/** The entries of the ledger in the order of their commits; none before the first. */
export async function ledgerRows(engine: Pick<DuckDbEngine, "query">): Promise<LedgerRow[]> {
  const known = await engine.query("select column_name from duckdb_columns() where table_name = 'ingests'");
  if (known.length === 0) return [];
  const names = new Set(known.map(({ column_name }) => column_name));
  // A lake of an earlier version lacks the youngest columns until its next run.
  const columns = LEDGER_COLUMNS.map((name) =>
    names.has(name) ? `cast(${name} as varchar) as ${name}` : `null as ${name}`,
  );
  const rows = await engine.query(
    `select ${columns.join(", ")} from ingests order by ingests.committed_at, ingests.ingest_id, ingests.source, ingests.is_removed`,
  );
  return rows as unknown as LedgerRow[];
}

/** The manifests that are in a lake, by run id. */
export async function allManifests(store: ObjectStore): Promise<RunManifest[]> {
  const objects = (await store.list(RUNS_PREFIX)).filter(({ key }) => key.endsWith(".json"));
  return Promise.all(objects.map(({ key }) => readJson<RunManifest>(store, key)));
}

/** What an ingest was read with. */
export interface IngestConfig {
  readonly ingestId: string;
  readonly config: Config;
}

/** Writes down what the lake contains now. The lake must be locked, and nothing may be missing. */
export async function keepInventory(
  store: ObjectStore,
  lakeDirectory: string,
  engine: Pick<DuckDbEngine, "query">,
  ingest?: IngestConfig,
): Promise<void> {
  const before = await readInventory(store);
  const [ledger, runs, aliases, tables] = await Promise.all([
    ledgerRows(engine),
    allManifests(store),
    readAliases(store),
    store.list("published/"),
  ]);
  const inventory: Inventory = {
    version: 1,
    ledger,
    configs: await configsOf(store, before, ledger, ingest),
    runs,
    aliases: aliases.champion === null && aliases.run === undefined ? null : aliases,
    published: tables.map(({ key }) => key),
    hasDatabase: existsSync(databaseDirectory(lakeDirectory)),
  };
  if (JSON.stringify(inventory) !== JSON.stringify(before)) await writeJson(store, INVENTORY_KEY, inventory);
}

async function configsOf(
  store: ObjectStore,
  before: Inventory | undefined,
  ledger: readonly LedgerRow[],
  ingest: IngestConfig | undefined,
): Promise<Inventory["configs"]> {
  const known = before?.configs ?? {};
  const isCommitted = ledger.some(({ ingest_id }) => ingest_id === ingest?.ingestId);
  if (ingest === undefined || !isCommitted) return known;
  const configId = contentId(ingest.config);
  await writeJsonOnce(store, configCopyKey(configId), ingest.config);
  return { ...known, [ingest.ingestId]: configId };
}

/** Keeps a copy of aliases that a person has changed, in a lake that has an inventory. */
export async function keepAliases(store: ObjectStore): Promise<void> {
  const before = await readInventory(store);
  if (before !== undefined) await writeJson(store, INVENTORY_KEY, { ...before, aliases: await readAliases(store) });
}
