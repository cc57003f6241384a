import type { AffectedSource } from "../../domain/audience/erasure.ts";
import { pageDataIn } from "../../domain/dashboard/pageData.ts";
import type { ObjectInfo } from "../../ports.ts";
import { inScratch } from "./eraseFromParquet.ts";
import { isAsDropped, isFileOf, isOfNoRows, isPassing } from "./objectKinds.ts";
import { decompressed } from "./packed.ts";
import { NOTHING, pruneJson, prunePage } from "./prune.ts";
import { countSpellings } from "./spellings.ts";
import type { ErasureTask } from "./types.ts";

export interface TextHit {
  readonly key: string;
  readonly done: "rewritten" | "removed" | "kept" | "unreadable";
  /** Places where the id's text stands as something else. */
  readonly places: number;
}

/**
 * Takes the customer out of one object that is not Parquet of the lake's own; undefined where it has nothing of the id.
 */
export async function eraseFromText(
  task: ErasureTask,
  object: ObjectInfo,
  affected: readonly AffectedSource[],
  keys: ReadonlySet<string>,
): Promise<TextHit | undefined> {
  const { key } = object;
  if (isAsDropped(key)) return eraseDropped(task, object, affected, keys);
  if (key.endsWith(".csv")) {
    const hit = await eraseFromCsv(task, key);
    if (hit !== undefined) return hit;
  }
  return eraseFromDocument(task, key);
}

/** A file as somebody else wrote it can be removed, not written anew. */
async function eraseDropped(
  task: ErasureTask,
  { key }: ObjectInfo,
  affected: readonly AffectedSource[],
  keys: ReadonlySet<string>,
): Promise<TextHit | undefined> {
  const isOfCustomer = affected.some((entry) => isFileOf(entry, key));
  const places = isOfCustomer ? 0 : await placesInDropped(task, key);
  if (places === "unreadable") return { key, done: "unreadable", places: 0 };
  if (!isOfCustomer && places === 0) return undefined;
  // Of a file that was read the rows have told whether the customer is in it: this is a number, or somebody else's
  // word.
  if (!isOfCustomer && !isOfNoRows(key, keys)) return { key, done: "kept", places };
  if (!task.isTrial) await task.store.remove([key]);
  return { key, done: "removed", places };
}

/**
 * Of files that no run could read, some cannot be looked into: that is no reason to leave the others alone, but one to
 * say so.
 */
function placesInDropped(task: ErasureTask, key: string): Promise<number | "unreadable"> {
  return inScratch(task, async (directory) => {
    const path = await task.store.toLocalFile(key, directory);
    return task.countInDropped(path, task.customerId).catch(() => "unreadable");
  });
}

/** A CSV of the lake's own, of any size; undefined where it has no record of the customer. */
function eraseFromCsv(task: ErasureTask, key: string): Promise<TextHit | undefined> {
  return inScratch(task, async (directory) => {
    const path = await task.store.toLocalFile(key, directory);
    const target = `${directory}/rest.csv`;
    const records = await task.csv.writeWithout(path, target, task.customerId);
    if (records === 0) return undefined;
    if (!task.isTrial) await task.store.fromLocalFile(target, key, { contentType: "text/csv; charset=utf-8" });
    return { key, done: "rewritten", places: 0 };
  });
}

/** A document of the lake's own, which is small. */
async function eraseFromDocument(
  { store, customerId, isTrial }: ErasureTask,
  key: string,
): Promise<TextHit | undefined> {
  const text = Buffer.from(decompressed(await store.read(key))).toString("utf8");
  const isPage = /\.html?$/i.test(key);
  const rest = isPage ? prunePage(text, customerId) : withoutCustomer(key, text, customerId);
  // A page of another make cannot be written anew.
  if (rest === undefined || isPassing(key)) return removedIfHeld({ store, customerId, isTrial }, key, text);
  const places = rest === NOTHING ? 0 : countSpellings(isPage ? pageDataIn(rest) : rest, customerId);
  if (rest === text) return places === 0 ? undefined : { key, done: "kept", places };
  if (rest === NOTHING) {
    if (!isTrial) await store.remove([key]);
    return { key, done: "removed", places };
  }
  const contentType = isPage ? "text/html; charset=utf-8" : "application/json";
  if (!isTrial) await store.write(key, rest, { contentType });
  return { key, done: "rewritten", places };
}

async function removedIfHeld(
  { store, customerId, isTrial }: Pick<ErasureTask, "store" | "customerId" | "isTrial">,
  key: string,
  text: string,
): Promise<TextHit | undefined> {
  const places = countSpellings(text, customerId);
  if (places === 0) return undefined;
  if (!isTrial) await store.remove([key]);
  return { key, done: "removed", places };
}

const withoutCustomer = (key: string, text: string, customerId: string): string | typeof NOTHING =>
  /\.(json|jsonl|ndjson)$/.test(key) ? pruneJson(text, customerId) : text;
