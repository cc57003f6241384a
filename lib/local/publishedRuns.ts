import { UnknownNameError } from "../domain/audience.ts";
import type { ObjectStore } from "../ports.ts";
import { readAliases } from "../workflow/aliases.ts";
import { readJson } from "../workflow/json.ts";
import { RUNS_PREFIX } from "../workflow/layout.ts";
import type { RunManifest } from "../workflow/steps/publishRun.ts";

/** Manifests of the runs of a lake, the latest planned first. */
export async function runManifests(store: ObjectStore): Promise<RunManifest[]> {
  const objects = await store.list(RUNS_PREFIX);
  const all = await Promise.all(objects.map(({ key }) => readJson<RunManifest>(store, key)));
  return all.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/** The run that the aliases name; in a lake whose aliases name none, the latest. */
export async function currentManifest(store: ObjectStore): Promise<RunManifest | undefined> {
  const [manifests, aliases] = await Promise.all([runManifests(store), readAliases(store)]);
  return manifests.find(({ runId }) => runId === aliases.run) ?? manifests[0];
}

/** A run by its id, or the current one. @throws UnknownNameError; undefined in a lake without any run. */
export async function findManifest(store: ObjectStore, runId?: string): Promise<RunManifest | undefined> {
  if (runId === undefined) return currentManifest(store);
  const manifests = await runManifests(store);
  const found = manifests.find((manifest) => manifest.runId === runId);
  if (found === undefined && manifests.length > 0) {
    const known = manifests.map((manifest) => manifest.runId);
    throw new UnknownNameError("run", runId, known);
  }
  return found;
}
