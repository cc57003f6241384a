import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { SegmentationError } from "../../domain/errors.ts";
import { DamagedObjectError } from "../../workflow/lake/json.ts";
import { ALIASES_KEY, manifestKey, modelKey, RUNS_PREFIX } from "../../workflow/lake/layout.ts";
import type { ModelAliases } from "../../workflow/models/aliases.ts";
import { CATALOG_KEY, databaseDirectory } from "../lake/lakePaths.ts";
import { INVENTORY_KEY, type Inventory } from "./inventory.ts";

/** A part that the lake had and has no more. */
export interface MissingPiece {
  readonly kind: "catalog" | "manifest" | "aliases" | "card" | "summary" | "published" | "database";
  readonly key: string;
}

const WHAT: Readonly<Record<MissingPiece["kind"], string>> = {
  catalog: "the history",
  manifest: "a run",
  aliases: "which run and model are current",
  card: "a model",
  summary: "a run's summary",
  published: "a published table",
  database: "the lake's database",
};
const NAMED = 5;

/** A lake that lacks something: going on would take it for a new one. */
export class LakeIncompleteError extends SegmentationError {
  constructor(directory: string, pieces: readonly MissingPiece[]) {
    const named = pieces.slice(0, NAMED).map(({ kind, key }) => `${key} (${WHAT[kind]})`);
    const more = pieces.length > NAMED ? ` and ${pieces.length - NAMED} more` : "";
    super(
      "LAKE_INCOMPLETE",
      `The lake in ${directory} lacks ${named.join(", ")}${more}: it was there before, and nothing goes on without it. Bring it back from a backup, or let \`rfm doctor --repair --lake ${directory}\` rebuild what follows from the rest.`,
      { directory, missing: pieces.map(({ key }) => key) },
    );
  }
}

/** Parts that a command does without, for it makes them. */
export interface QuickCheckOptions {
  readonly except?: readonly MissingPiece["kind"][];
  /** Whether nothing but scoring is meant to be done, which a copy of the models is enough for. */
  readonly isForScoring?: boolean;
}

/** What a copy for scoring holds: the models, and the policies of their runs where transactions are scored. */
const SCORING_FOLDERS: readonly string[] = ["models", "runs", "attempts"];
const SCORING_NEEDS: readonly MissingPiece["kind"][] = ["aliases", "card"];

/** @throws LakeIncompleteError where anything is missing that the lake is known to have had. */
export function refuseIncompleteLake(
  directory: string,
  { except = [], isForScoring = false }: QuickCheckOptions = {},
): void {
  const isCopy = isForScoring && existsSync(directory) && isScoringCopy(directory);
  const pieces = missingPieces(resolve(directory)).filter(
    ({ kind }) => !except.includes(kind) && (!isCopy || SCORING_NEEDS.includes(kind)),
  );
  if (pieces.length > 0) throw new LakeIncompleteError(directory, pieces);
}

/** What a lake lacks, by the names of files alone: quick enough for every command. */
export function missingPieces(lakeDirectory: string): MissingPiece[] {
  const isThere = (key: string): boolean => existsSync(join(lakeDirectory, key));
  const inventory = isThere(INVENTORY_KEY) ? documentIn<Inventory>(lakeDirectory, INVENTORY_KEY) : undefined;
  const wanted = inventory === undefined ? wantedByOldLake(lakeDirectory) : wantedBy(inventory);
  const database = databaseDirectory(lakeDirectory);
  // A kill may have come between two moves: the old one then is put back.
  const hasDatabase = existsSync(database) || existsSync(`${database}.replaced`);
  const found = wanted.filter(({ key }) => !isThere(key));
  return inventory?.hasDatabase === true && !hasDatabase ? [...found, { kind: "database", key: "postgres" }] : found;
}

function wantedBy({ ledger, runs, aliases, published }: Inventory): MissingPiece[] {
  const shown = runs.find(({ runId }) => runId === aliases?.run);
  return [
    ...(ledger.length > 0 ? [{ kind: "catalog", key: CATALOG_KEY } as const] : []),
    ...(aliases === null ? [] : [{ kind: "aliases", key: ALIASES_KEY } as const]),
    ...runs.map(({ runId }) => ({ kind: "manifest", key: manifestKey(runId) }) as const),
    ...[...new Set([aliases?.champion, shown?.modelVersion])].flatMap((version) =>
      typeof version === "string" ? [{ kind: "card", key: modelKey(version) } as const] : [],
    ),
    ...(shown === undefined ? [] : [{ kind: "summary", key: shown.summaryKey } as const]),
    ...published.map((key) => ({ kind: "published", key }) as const),
  ];
}

/** Without an inventory the runs tell: each came from a history, and one of them was the last to be shown. */
function wantedByOldLake(lakeDirectory: string): MissingPiece[] {
  const folder = join(lakeDirectory, RUNS_PREFIX);
  const hasRuns = existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".json"));
  const hasAliases = existsSync(join(lakeDirectory, ALIASES_KEY));
  if (!hasRuns && !hasAliases) return [];
  const { run, champion } = hasAliases
    ? documentIn<ModelAliases>(lakeDirectory, ALIASES_KEY)
    : { run: undefined, champion: null };
  return [
    { kind: "catalog", key: CATALOG_KEY },
    { kind: "aliases", key: ALIASES_KEY },
    ...(run === undefined ? [] : [{ kind: "manifest", key: manifestKey(run) } as const]),
    ...(champion === null ? [] : [{ kind: "card", key: modelKey(champion) } as const]),
  ];
}

/** A lake that lost something still has its ledger or its results; a copy never had them. */
const isScoringCopy = (directory: string): boolean =>
  readdirSync(directory).every((name) => SCORING_FOLDERS.includes(name));

function documentIn<T>(lakeDirectory: string, key: string): T {
  try {
    return JSON.parse(readFileSync(join(lakeDirectory, key), "utf8")) as T;
  } catch (error) {
    throw new DamagedObjectError(key, error);
  }
}
