import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Instance, Prediction } from "../api/schemas.ts";
import { loadModel, type ModelSet, openModelSource, requireModels } from "../api/scoring/modelSource.ts";
import { checkInstance, scoreInstances } from "../api/scoring/score.ts";
import type { ModelCard } from "../domain/model/modelCard.ts";
import { featuresOfModel } from "../domain/rfm/featureColumns.ts";
import { openFolderStore } from "../local/lake/folderStore.ts";
import { NoLakeError } from "../local/lake/lakeQueries.ts";
import { readScoreRows } from "../workflow/scoring/scoringInput.ts";
import { scoreRangesOf } from "../workflow/scoring/scoringRanges.ts";
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
 * @param customers or the path of a CSV or Parquet file with `customer_id`, `recency_days`, `frequency` and `monetary`.
 * @throws NoLakeError; ScoreInputError for a file that lacks something; ProblemError naming the customer (counted from
 * 0) and the field that cannot be scored.
 */
export async function* score(
  customers: string | Iterable<Instance> | AsyncIterable<Instance>,
  { lake = DEFAULT_LAKE, model, signal }: ScoreOptions = {},
): AsyncGenerator<Prediction> {
  const models = await modelsOf(lake, model);
  const rows = typeof customers === "string" ? customersOfFile(customers, cardsOf(models)) : customers;
  let first = 0;
  for await (const batch of batchesOf(rows)) {
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

const cardsOf = ({ champion, challenger }: ModelSet): ModelCard[] =>
  [champion, ...(challenger === undefined ? [] : [challenger])].map(({ card }) => card);

/**
 * The customers of a CSV or Parquet file with `customer_id`, `recency_days`, `frequency`, `monetary` and the columns
 * that the models go by, a stretch at a time.
 * @throws ScoreInputError naming the file, the column and the line.
 */
async function* customersOfFile(path: string, models: readonly ModelCard[]): AsyncGenerator<Instance> {
  const file = resolve(path);
  const store = openFolderStore(dirname(file));
  const key = basename(file);
  const features = [...new Set(models.flatMap(featuresOfModel))];
  const info = await store.head(key);
  for (const range of await scoreRangesOf(store, { key, bytes: info?.bytes ?? 0 }, features)) {
    const rows = await readScoreRows(store, range, features);
    for (const [at, customer_id] of rows.customerId.entries()) {
      const own = features.map((name) => [name, numberOrNull(rows.features?.get(name)?.[at])] as const);
      yield {
        customer_id,
        recency: rows.recencyDays[at] as number,
        frequency: rows.frequency[at] as number,
        monetary: rows.monetary[at] as number,
        ...(own.length === 0 ? {} : { features: Object.fromEntries(own) }),
      };
    }
  }
}

const numberOrNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

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
