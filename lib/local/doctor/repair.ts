import type { ObjectStore } from "../../ports.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { readJson, writeJson } from "../../workflow/lake/json.ts";
import { ALIASES_KEY, manifestKey, modelKey } from "../../workflow/lake/layout.ts";
import { publishTables } from "../../workflow/lake/publishedTables.ts";
import type { ModelAliases } from "../../workflow/models/aliases.ts";
import { followPointer } from "../../workflow/models/shownRun.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { rebuildDatabase } from "../postgres/buildDatabase.ts";
import { rebuildCatalogRows } from "./catalogFromRaw.ts";
import { allManifests, type Inventory, keepInventory } from "./inventory.ts";
import type { MissingPiece } from "./missingPieces.ts";

export interface RepairRequest {
  readonly engine: DuckDbEngine;
  readonly store: ObjectStore;
  readonly lakeDirectory: string;
  /** What was missing before the engine was opened. */
  readonly pieces: readonly MissingPiece[];
  readonly inventory: Inventory | undefined;
}

/** What was done about each kind of piece. */
export interface Repair {
  readonly done: readonly string[];
  /** What nothing else tells. */
  readonly lost: readonly string[];
}

/**
 * Rebuilds what follows from the rest: catalog, manifests, aliases, published tables, database; in this order, for each
 * reads the ones before.
 */
export async function repairLake(request: RepairRequest): Promise<Repair> {
  const { engine, store, lakeDirectory, pieces, inventory } = request;
  const done: string[] = [];
  const lost: string[] = pieces
    .filter(({ kind }) => kind === "card" || kind === "summary")
    .map(({ key }) => `${key} follows from nothing else: bring it back from a backup, or segment again`);
  const has = (kind: MissingPiece["kind"]): boolean => pieces.some((piece) => piece.kind === kind);
  if (has("catalog")) {
    if (inventory === undefined || inventory.ledger.length === 0)
      lost.push("the catalog: the lake has no copy of its ledger, for it is of an earlier release");
    else done.push(await rebuiltCatalog(request, inventory));
  }
  if (has("manifest")) await restoreManifests(request, done, lost);
  if (has("aliases")) done.push(await restoreAliases(store, inventory));
  if (has("published")) done.push(await publishAll(store));
  if (has("database")) {
    const { runs } = await rebuildDatabase(store, lakeDirectory);
    done.push(`the database was built from the lake, with ${runs.length} runs`);
  }
  if (lost.length === 0) await keepInventory(store, lakeDirectory, engine);
  return { done, lost };
}

async function rebuiltCatalog(request: RepairRequest, inventory: Inventory): Promise<string> {
  const { ingests, rows, withoutRows } = await rebuildCatalogRows(request, inventory);
  const gone =
    withoutRows.length === 0 ? "" : `; without the rows of ${withoutRows.join(", ")}, whose raw files are gone`;
  return `the catalog was built from the raw rows of ${ingests} ingests, with ${rows} lines${gone}`;
}

async function restoreManifests(
  { store, pieces, inventory }: RepairRequest,
  done: string[],
  lost: string[],
): Promise<void> {
  for (const { kind, key } of pieces) {
    if (kind !== "manifest") continue;
    const copy = inventory?.runs.find(({ runId }) => manifestKey(runId) === key);
    if (copy === undefined) lost.push(`${key}: the lake has no copy of it, for it is of an earlier release`);
    else {
      await writeJson(store, key, copy);
      done.push(`${key} was written again from its copy`);
    }
  }
}

/** From their copy; without one, the latest run and its model are the current ones. */
async function restoreAliases(store: ObjectStore, inventory: Inventory | undefined): Promise<string> {
  const copy = inventory?.aliases;
  const [latest] = (await allManifests(store)).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  await writeJson(store, ALIASES_KEY, copy ?? (await aliasesFrom(store, latest)));
  return copy === null || copy === undefined
    ? `${ALIASES_KEY} was written again: the latest run, ${latest?.runId ?? "none"}, is current`
    : `${ALIASES_KEY} was written again from its copy`;
}

async function aliasesFrom(store: ObjectStore, latest: RunManifest | undefined): Promise<ModelAliases> {
  if (latest === undefined) return { champion: null };
  const { modelVersion, runId, createdAt } = latest;
  // A card that is gone is told by its own name.
  const hasCard = (await store.head(modelKey(modelVersion))) !== undefined;
  return { champion: hasCard ? modelVersion : null, run: runId, runCreatedAt: createdAt };
}

/** The histories of every run, then what shows the current one. */
async function publishAll(store: ObjectStore): Promise<string> {
  const manifests = await allManifests(store);
  for (const manifest of manifests) {
    if ((await store.head(manifest.summaryKey)) === undefined) continue;
    await publishTables(store, await readJson<RunManifest>(store, manifestKey(manifest.runId)), { isCurrent: false });
  }
  await followPointer(store);
  return `the published tables were written again, for ${manifests.length} runs`;
}
