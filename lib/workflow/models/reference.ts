import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunManifest, RunPlan, RunReference } from "../documents.ts";
import { readJson, writeJsonOnce } from "../lake/json.ts";
import { curatedPrefix, manifestKey, modelKey, referenceKey, runKey } from "../lake/layout.ts";
import { readAliases } from "./aliases.ts";

export interface ReferenceRequest {
  /** Digest of contents, deciding settings, snapshot date and version of the results. */
  readonly inputsId: string;
  readonly snapshotDate: string;
  readonly stableIds: boolean;
}

/**
 * What a run of these inputs is seen against: what it was when they were first published, for a repetition must end in
 * the same bytes though its own model is the champion meanwhile; else the champion and the run that readers see now.
 * Customers are not followed backwards in time; ids are carried over to an earlier day all the same, for else they
 * would begin anew there.
 */
export async function referenceFor(store: ObjectStore, request: ReferenceRequest): Promise<RunReference> {
  const recorded = await readIfThere<RunReference>(store, referenceKey(request.inputsId));
  if (recorded !== undefined) return recorded;
  const { champion, run } = await readAliases(store);
  const manifest = run === undefined ? undefined : await readIfThere<RunManifest>(store, manifestKey(run));
  const previous = manifest !== undefined && manifest.snapshotDate <= request.snapshotDate ? manifest : null;
  const isThere = champion !== null && (await store.head(modelKey(champion))) !== undefined;
  return { model: request.stableIds && isThere ? champion : null, previous };
}

/** The model whose cluster ids an attempt carries over; undefined for none. */
export async function readReferenceModel(store: ObjectStore, attempt: string): Promise<ModelCard | undefined> {
  const { reference } = await readJson<RunPlan>(store, runKey(attempt));
  return reference.model === null ? undefined : readJson<ModelCard>(store, modelKey(reference.model));
}

/** The model of the run whose customers are followed into an attempt; undefined for none. */
export async function readPreviousModel(store: ObjectStore, attempt: string): Promise<ModelCard | undefined> {
  const { previous } = await readJson<RunPlan>(store, runKey(attempt));
  return previous === null ? undefined : readJson<ModelCard>(store, modelKey(previous.modelVersion));
}

/** Keeps what the first published run of these inputs was seen against. */
export async function recordReference(store: ObjectStore, inputsId: string, reference: RunReference): Promise<void> {
  await writeJsonOnce(store, referenceKey(inputsId), reference);
}

/**
 * The run before with the attempt whose results are its own now; null where its segments are not in the lake any more.
 */
export async function followedRun(store: ObjectStore, { previous }: RunReference): Promise<RunManifest | null> {
  if (previous === null) return null;
  const manifest = (await readIfThere<RunManifest>(store, manifestKey(previous.runId))) ?? previous;
  const segments = await store.list(`${curatedPrefix(manifest.runId, manifest.attempt)}segments/`);
  return segments.length === 0 ? null : manifest;
}

/** A JSON document, or undefined where there is none. */
export async function readIfThere<T>(store: ObjectStore, key: string): Promise<T | undefined> {
  return (await store.head(key)) === undefined ? undefined : readJson<T>(store, key);
}
