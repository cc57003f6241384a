import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Instance, Prediction } from "../api/schemas.ts";
import { loadModel, type ModelSet, openModelSource, requireModels } from "../api/scoring/modelSource.ts";
import { checkInstance, scoreInstances } from "../api/scoring/score.ts";
import { openFolderStore } from "../local/lake/folderStore.ts";
import { NoLakeError } from "../local/lake/lakeQueries.ts";
import { DEFAULT_LAKE } from "./segment.ts";

export interface ScoreOptions {
  /** Folder of the lake whose models score. Default `lake`. */
  readonly lake?: string;
  /** A model version; without it the champion, and the challenger for its share of the customers. */
  readonly model?: string;
  readonly signal?: AbortSignal;
}

/** So many are scored at once: a model's arrays are worth it, and memory stays small. */
const BATCH = 5_000;

/**
 * Scores customers with the models of a lake, as they come: by their values, or by their transactions under the
 * policies of the model's run. One model set scores them all; what is promoted meanwhile counts for the next call.
 * @throws NoLakeError; ProblemError naming the customer (counted from 0) and the field that cannot be scored.
 */
export async function* score(
  customers: Iterable<Instance> | AsyncIterable<Instance>,
  { lake = DEFAULT_LAKE, model, signal }: ScoreOptions = {},
): AsyncGenerator<Prediction> {
  const models = await modelsOf(lake, model);
  let first = 0;
  for await (const batch of batchesOf(customers)) {
    signal?.throwIfAborted();
    const nameOf = (row: number): string => `customers[${first + row}]`;
    const instances = batch.map((value, row) => checkInstance(value, nameOf(row)));
    yield* scoreInstances(models, instances, (row) => `${nameOf(row)}.`);
    first += batch.length;
  }
}

async function modelsOf(lake: string, version: string | undefined): Promise<ModelSet> {
  const lakeDirectory = resolve(lake);
  if (!existsSync(lakeDirectory)) throw new NoLakeError(lake);
  const store = openFolderStore(lakeDirectory);
  if (version !== undefined) return { champion: await loadModel(store, version) };
  return requireModels({ models: openModelSource(store, { now: () => performance.now() }) });
}

async function* batchesOf<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
