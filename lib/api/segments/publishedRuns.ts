import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { manifestKey, RUNS_PREFIX } from "../../workflow/lake/layout.ts";
import { readAliases } from "../../workflow/models/aliases.ts";
import type { Customer, RunFacts, SegmentReader } from "./segmentReader.ts";

/** What both readers of a lake's files know of its runs. */

export interface KnownRun {
  readonly manifest: RunManifest;
  readonly facts: RunFacts;
}

/** Runs whose segments one question may look through. */
export const HISTORY_RUNS = 12;
const RUN_ID = /^[\w.-]{1,128}$/;

/** Runs of the lake, the latest planned first. */
export async function knownRuns(store: ObjectStore): Promise<KnownRun[]> {
  const objects = await store.list(RUNS_PREFIX);
  const all = await Promise.all(objects.map(({ key }) => readJson<RunManifest>(store, key)));
  return all
    .map((manifest) => ({ manifest, facts: factsOf(manifest) }))
    .sort((a, b) => (a.facts.created_at < b.facts.created_at ? 1 : -1));
}

function factsOf({ runId, modelVersion, snapshotDate, createdAt, customers }: RunManifest): RunFacts {
  return { run_id: runId, model_version: modelVersion, snapshot_date: snapshotDate, created_at: createdAt, customers };
}

/** The run that the aliases name; in a lake whose aliases name none, the latest. */
export async function currentOf(store: ObjectStore, runs: readonly KnownRun[]): Promise<KnownRun | undefined> {
  const { run: named } = await readAliases(store);
  return runs.find((run) => run.manifest.runId === named) ?? runs[0];
}

/** The manifest of a run; undefined when the run is not kept. */
export async function manifestOf(store: ObjectStore, runId: string): Promise<RunManifest | undefined> {
  const isThere = RUN_ID.test(runId) && (await store.head(manifestKey(runId))) !== undefined;
  return isThere ? readJson<RunManifest>(store, manifestKey(runId)) : undefined;
}

/** What every reader of a lake's files says of runs as a whole. */
export function runReader(store: ObjectStore): Pick<SegmentReader, "currentRun" | "runs" | "summary"> {
  return {
    currentRun: async () => (await currentOf(store, await knownRuns(store)))?.facts,
    async runs() {
      const all = await knownRuns(store);
      const current = await currentOf(store, all);
      return all.map((run) => ({ ...run.facts, is_current: run === current }));
    },
    async summary(runId) {
      const manifest = await manifestOf(store, runId);
      return manifest === undefined ? undefined : readJson<Summary>(store, manifest.summaryKey);
    },
  };
}

/** The latest manifests, as many as one question may look through. */
export async function latestManifests(store: ObjectStore): Promise<RunManifest[]> {
  return (await knownRuns(store)).slice(0, HISTORY_RUNS).map(({ manifest }) => manifest);
}

/** The latest snapshot first; runs of one snapshot by their ids. */
export function bySnapshot(a: Customer, b: Customer): number {
  if (a.snapshot_date !== b.snapshot_date) return a.snapshot_date < b.snapshot_date ? 1 : -1;
  return a.run_id < b.run_id ? -1 : 1;
}
