import type { ObjectStore } from "../../ports.ts";
import type { RunManifest } from "../documents.ts";
import { changeJson } from "../lake/json.ts";
import { manifestKey, publishedPrefix } from "../lake/layout.ts";
import { publishTables } from "../lake/publishedTables.ts";
import { type ModelAliases, readAliases, writeAliases } from "./aliases.ts";
import { readIfThere } from "./reference.ts";

/**
 * Which run readers see. There is one pointer, in the aliases; the published tables follow it, whoever moved it and
 * whoever was killed on the way. And there is one rule: a run that was planned before the one that is shown saw less of
 * the history, so it never takes its place by itself; the database holds to the same
 * (`sql/postgres/0005_publication_order.sql`).
 */

const MAX_ATTEMPTS = 10;

/** Keeps a run's manifest, unless a later attempt at the same run is there. */
export async function keepManifest(store: ObjectStore, manifest: RunManifest): Promise<void> {
  const later = (known?: RunManifest): RunManifest =>
    known !== undefined && known.createdAt > manifest.createdAt ? known : manifest;
  await changeJson(store, manifestKey(manifest.runId), undefined, later, MAX_ATTEMPTS);
}

/**
 * Points readers at a run and its model, unless the run that they see was planned later.
 * @returns whether they see it now.
 * @throws ObjectChangedError after five collisions.
 */
export async function pointAt(store: ObjectStore, { runId, modelVersion, createdAt }: RunManifest): Promise<boolean> {
  let isShown = false;
  await writeAliases(store, (aliases) => {
    isShown = aliases.runCreatedAt === undefined || aliases.runCreatedAt <= createdAt;
    return isShown ? { ...aliases, champion: modelVersion, run: runId, runCreatedAt: createdAt } : aliases;
  });
  return isShown;
}

/** Shows an earlier run again because somebody asks for it: the rule is for runs that publish themselves. */
export async function showAgain(store: ObjectStore, { runId, createdAt }: RunManifest): Promise<void> {
  await writeAliases(store, (aliases) => ({ ...aliases, run: runId, runCreatedAt: createdAt }));
  await followPointer(store);
}

/**
 * Makes the published tables show the run that the aliases name, also where somebody else moves the pointer meanwhile.
 */
export async function followPointer(store: ObjectStore): Promise<void> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const manifest = await shownManifest(store, await readAliases(store));
    if (manifest === undefined) return;
    await publishTables(store, manifest);
    if ((await readAliases(store)).run === manifest.runId) return;
  }
}

/**
 * Mends tables that show another run than the aliases name, or none: their writer was killed.
 * @returns whether it had to.
 */
export async function healTables(store: ObjectStore): Promise<boolean> {
  const manifest = await shownManifest(store, await readAliases(store));
  if (manifest === undefined || (await areShowing(store, manifest))) return false;
  await followPointer(store);
  return true;
}

/** Whether the published tables show the run that the aliases name; true where they name none. */
export async function areTablesShowing(store: ObjectStore): Promise<boolean> {
  const manifest = await shownManifest(store, await readAliases(store));
  return manifest === undefined || areShowing(store, manifest);
}

async function shownManifest(store: ObjectStore, { run }: ModelAliases): Promise<RunManifest | undefined> {
  return run === undefined ? undefined : readIfThere<RunManifest>(store, manifestKey(run));
}

/**
 * `current_run` and `current_segments` are written beside the others: one of them tells when the last was begun, the
 * other what is named.
 */
async function areShowing(store: ObjectStore, { runId, attempt }: RunManifest): Promise<boolean> {
  const text = async (key: string): Promise<string> =>
    (await store.head(key)) === undefined ? "" : new TextDecoder().decode(await store.read(key));
  const row = await text(`${publishedPrefix("current_run")}rows.json`);
  const list = await text(`${publishedPrefix("current_segments")}symlink.txt`);
  return row.includes(`"run_id":${JSON.stringify(runId)}`) && list.includes(`/attempt=${attempt}/`);
}
