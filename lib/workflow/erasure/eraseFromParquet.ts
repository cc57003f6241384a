import type { AffectedSource } from "../../domain/audience/erasure.ts";
import type { ObjectInfo, ObjectStore } from "../../ports.ts";
import { inTurns } from "./inTurns.ts";
import type { ParquetHit } from "./parquetRows.ts";
import type { ErasureTask } from "./types.ts";

/** As much is on the scratch disk at once, but for single objects that are larger. */
const BATCH_BYTES = 1024 ** 3;
const BATCH_OBJECTS = 2_000;
const NO_PARQUET = /\.(csv|tsv|txt|json|jsonl|ndjson|html?|xlsx|zip|gz|zst|avro|metadata)$/i;
const MAGIC = "PAR1";

export interface ParquetErasure {
  readonly hits: ReadonlyMap<string, ParquetHit>;
  /** Sources whose raw rows held the customer. */
  readonly affected: readonly AffectedSource[];
}

/** Whether an object is Parquet: Athena's UNLOAD gives its files no extension, so their first bytes decide. */
export async function isParquet(store: ObjectStore, { key, bytes }: ObjectInfo): Promise<boolean> {
  if (key.endsWith(".parquet")) return true;
  if (bytes < 12 || NO_PARQUET.test(key)) return false;
  return Buffer.from(await store.read(key, { start: 0, end: MAGIC.length })).toString("latin1") === MAGIC;
}

/** Writes the Parquet objects that hold the customer anew, batch by batch; a trial only says which they are. */
export async function eraseFromParquet(task: ErasureTask, objects: readonly ObjectInfo[]): Promise<ParquetErasure> {
  const hits = new Map<string, ParquetHit>();
  const affected: AffectedSource[] = [];
  for (const batch of batchesOf(objects)) {
    const found = await inScratch(task, async (directory) => {
      const paths = await inTurns(batch, async ({ key }) => task.store.toLocalFile(key, directory));
      const byPath = await task.parquet.search(paths, task.customerId);
      const held = batch.flatMap(({ key }, i) => {
        const hit = byPath.get(paths[i] as string);
        return hit === undefined ? [] : [{ key, path: paths[i] as string, hit }];
      });
      const sources = held.flatMap(({ key, hit }) => affectedBy(key, hit));
      // Known before the rows are gone: of an erasure that is cut short here, the files as dropped must still be found.
      if (!task.isTrial && sources.length > 0) await task.onAffected?.(sources);
      affected.push(...sources);
      if (!task.isTrial) await rewrite(task, directory, held);
      return held;
    });
    for (const { key, hit } of found) hits.set(key, hit);
  }
  return { hits, affected };
}

async function rewrite(
  { store, parquet, customerId }: ErasureTask,
  directory: string,
  held: readonly { readonly key: string; readonly path: string; readonly hit: ParquetHit }[],
): Promise<void> {
  const target = `${directory}/rest.parquet`;
  for (const { key, path, hit } of held) {
    if (hit.customers === 0) continue;
    await parquet.writeWithout(path, target, customerId);
    await store.fromLocalFile(target, key);
  }
}

function affectedBy(key: string, hit: ParquetHit): AffectedSource[] {
  const ingestId = /^raw\/ingest_id=([^/]+)\/rows\//.exec(key)?.[1];
  return ingestId === undefined ? [] : hit.sources.map((source) => ({ ingestId, source }));
}

/** Works in a folder of this machine that is gone afterwards. */
export async function inScratch<T>(
  { scratch }: Pick<ErasureTask, "scratch">,
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await scratch.open();
  try {
    return await work(directory);
  } finally {
    await scratch.remove(directory);
  }
}

function* batchesOf(objects: readonly ObjectInfo[]): Generator<ObjectInfo[]> {
  let batch: ObjectInfo[] = [];
  let bytes = 0;
  for (const object of objects) {
    if (batch.length > 0 && (batch.length >= BATCH_OBJECTS || bytes + object.bytes > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(object);
    bytes += object.bytes;
  }
  if (batch.length > 0) yield batch;
}
