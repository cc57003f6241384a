import { currentOf, knownRuns } from "../../api/segments/publishedRuns.ts";
import { UnknownNameError } from "../../domain/audience/audience.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunManifest } from "../../workflow/documents.ts";

/** Manifests of the runs of a lake, the latest planned first. */
export async function runManifests(store: ObjectStore): Promise<RunManifest[]> {
  return (await knownRuns(store)).map(({ manifest }) => manifest);
}

/** A run by its id, or the current one. @throws UnknownNameError; undefined in a lake without any run. */
export async function findManifest(store: ObjectStore, runId?: string): Promise<RunManifest | undefined> {
  const runs = await knownRuns(store);
  if (runId === undefined) return (await currentOf(store, runs))?.manifest;
  const found = runs.find(({ manifest }) => manifest.runId === runId);
  if (found === undefined && runs.length > 0) {
    const known = runs.map(({ manifest }) => manifest.runId);
    throw new UnknownNameError("run", runId, known);
  }
  return found?.manifest;
}
