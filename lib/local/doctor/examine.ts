import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ObjectStore } from "../../ports.ts";
import { readErased, unprovenText } from "../../workflow/lake/erasures.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { ALIASES_KEY, curatedPrefix } from "../../workflow/lake/layout.ts";
import { segmentsCsvPrefix } from "../../workflow/lake/segmentsCsv.ts";
import { readAliases } from "../../workflow/models/aliases.ts";
import { areTablesShowing } from "../../workflow/models/shownRun.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { databaseDirectory } from "../lake/lakePaths.ts";
import { openPgliteDatabase } from "../postgres/pgliteDatabase.ts";
import { rowsInDatabase, rowsOfParts } from "../postgres/runRows.ts";
import { unbalancedSources } from "./catalogFromRaw.ts";
import { allManifests, type Inventory, ledgerRows } from "./inventory.ts";

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** What is wrong; empty where nothing is. */
  readonly problems: readonly string[];
}

export interface Patient {
  readonly engine: DuckDbEngine;
  readonly store: ObjectStore;
  readonly lakeDirectory: string;
  readonly inventory: Inventory | undefined;
}

type Examination = (patient: Patient) => Promise<readonly string[]>;

const EXAMINATIONS: Readonly<Record<string, Examination>> = {
  "the ledger has every entry that it is known to have had": missingEntries,
  "the history has the lines of every raw file": unbalancedSources,
  "every document can be read": unreadableDocuments,
  "every run has its files": incompleteRuns,
  "the published tables show the current run": async ({ store }) =>
    (await areTablesShowing(store)) ? [] : ["they show another run, or none"],
  "the database has the current run as the lake has it": differencesOfDatabase,
  "every erasure was proven": async ({ store }) => ((await readErased(store))?.unproven ?? []).map(unprovenText),
};

/** Looks at all of a lake. It must be locked. */
export async function examineLake(patient: Patient): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [name, examine] of Object.entries(EXAMINATIONS)) {
    // What cannot be looked at is a finding, not the end of the examination.
    const problems = await examine(patient).catch((error: Error) => [error.message]);
    checks.push({ name, problems });
  }
  return checks;
}

/** Entries that the ledger is known to have had and has no more, as text. */
export async function missingEntries({ engine, inventory }: Pick<Patient, "engine" | "inventory">): Promise<string[]> {
  const textOf = ({ ingest_id, source, is_removed }: { [name: string]: string | null }): string =>
    `${source} of ${ingest_id}${is_removed === "true" ? " (its removal)" : ""}`;
  const found = new Set((await ledgerRows(engine)).map(textOf));
  return (inventory?.ledger ?? []).map(textOf).filter((entry) => !found.has(entry));
}

async function unreadableDocuments({ store }: Patient): Promise<string[]> {
  const objects = [
    ...(await store.list("models/")),
    ...(await store.list("runs/")),
    ...(await store.list("reports/")).filter(({ key }) => key.endsWith(".json")),
  ];
  const messages = objects.map(async ({ key }) =>
    readJson(store, key).then(
      () => [],
      (error: Error) => [error.message],
    ),
  );
  return (await Promise.all(messages)).flat();
}

async function incompleteRuns({ store }: Patient): Promise<string[]> {
  const problems: string[] = [];
  for (const { runId, attempt, summaryKey } of await allManifests(store)) {
    const prefix = curatedPrefix(runId, attempt);
    const keys = (await store.list(prefix)).map(({ key }) => key);
    const wanted = {
      segments: `${prefix}segments/`,
      segments_csv: segmentsCsvPrefix(prefix),
      features: `${prefix}features/`,
    };
    for (const [name, folder] of Object.entries(wanted))
      if (!keys.some((key) => key.startsWith(folder))) problems.push(`run ${runId} lacks ${name}`);
    if ((await store.head(summaryKey)) === undefined) problems.push(`run ${runId} lacks its summary (${summaryKey})`);
  }
  return problems;
}

async function differencesOfDatabase({ store, lakeDirectory }: Patient): Promise<string[]> {
  const directory = databaseDirectory(lakeDirectory);
  if (!existsSync(join(directory, "PG_VERSION"))) return [];
  const { run } = await readAliases(store);
  const manifest = (await allManifests(store)).find(({ runId }) => runId === run);
  if (manifest === undefined)
    return run === undefined ? [] : [`${ALIASES_KEY} names the run ${run}, which is not there`];
  const database = openPgliteDatabase(directory);
  try {
    const current = (await database.runs()).find(({ isCurrent }) => isCurrent);
    if (current?.runId !== run) return [`it shows ${current?.runId ?? "no run"} instead of ${run}`];
    const parts = await store.list(segmentsCsvPrefix(curatedPrefix(manifest.runId, manifest.attempt)));
    const wanted = await rowsOfParts(
      store,
      parts.map(({ key }) => key),
      "segments",
    );
    const found = await rowsInDatabase(database, manifest.runId, "segments");
    return wanted.rows === found.rows && wanted.digest === found.digest
      ? []
      : [`it has ${found.rows} customers of ${run}, other ones than the ${wanted.rows} in the lake`];
  } finally {
    await database.close();
  }
}
