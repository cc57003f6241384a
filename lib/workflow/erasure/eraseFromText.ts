import type { AffectedSource } from "../../domain/audience/erasure.ts";
import type { ObjectInfo } from "../../ports.ts";
import { INCOMING_PREFIX } from "../lake/layout.ts";
import { inScratch } from "./eraseFromParquet.ts";
import { pruneCsv, pruneJson } from "./prune.ts";
import { countToken, countTokenInParts, decompressed, isPacked } from "./tokens.ts";
import type { ErasureTask } from "./types.ts";

export interface TextHit {
  readonly key: string;
  readonly done: "rewritten" | "removed" | "kept" | "unreadable";
  /** Places where the id's text stands. */
  readonly places: number;
}

const ORIGINAL = /^raw\/ingest_id=([^/]+)\/original\/(.+)$/;
/** Larger ones are read in parts. */
const WHOLE_BYTES = 256 * 1024 ** 2;
const PART_BYTES = 16 * 1024 ** 2;

/** Kept as somebody else wrote it: it can be removed, not written anew. */
export const isAsDropped = (key: string): boolean => key.startsWith(INCOMING_PREFIX) || ORIGINAL.test(key);
/** Papers of a moment, which nothing reads again. */
const isPassing = (key: string): boolean => /^(staging|athena-results)\//.test(key);

/** Takes the customer out of one object that is not Parquet of the lake's own; undefined where it has nothing of the id. */
export async function eraseFromText(
  task: ErasureTask,
  object: ObjectInfo,
  affected: readonly AffectedSource[],
): Promise<TextHit | undefined> {
  const { store, customerId, isTrial } = task;
  const { key } = object;
  const isOfCustomer = isAsDropped(key) && affected.some((entry) => isFileOf(entry, key));
  const text = isOfCustomer ? undefined : await contentOf(task, object);
  if (text?.places === "unreadable") return { key, done: "unreadable", places: 0 };
  const places = text?.places ?? 0;
  if (!isOfCustomer && places === 0) return undefined;
  const pruned = text?.bytes === undefined || isAsDropped(key) ? undefined : prunedText(key, text.bytes, customerId);
  if (pruned !== undefined) {
    const contentType = key.endsWith(".csv") ? "text/csv" : "application/json";
    if (!isTrial) await store.write(key, pruned, { contentType });
    return { key, done: "rewritten", places };
  }
  // The same text as a number or as somebody else's word is no reason to lose a document of the lake's own.
  const isPage = /\.html?$/i.test(key);
  if (!isOfCustomer && !isPage && !key.startsWith(INCOMING_PREFIX) && !isPassing(key))
    return { key, done: "kept", places };
  if (!isTrial) await store.remove([key]);
  return { key, done: "removed", places };
}

/** Whether an object is the file that a source was dropped as; sources within an archive begin with its name. */
function isFileOf({ ingestId, source }: AffectedSource, key: string): boolean {
  const original = ORIGINAL.exec(key);
  if (original !== null && original[1] !== ingestId) return false;
  const name = original?.[2] ?? key.slice(INCOMING_PREFIX.length);
  const names = [name, name.replace(/\.(gz|zst)$/i, "")];
  return names.some((candidate) => source === candidate || source.startsWith(`${candidate}/`));
}

interface Content {
  readonly bytes?: Uint8Array;
  readonly places: number | "unreadable";
}

async function contentOf(task: ErasureTask, object: ObjectInfo): Promise<Content> {
  const { store, customerId } = task;
  const { key, bytes } = object;
  if (bytes > WHOLE_BYTES && !isPacked(await store.read(key, { start: 0, end: 4 }))) {
    const parts = (start: number) => store.read(key, { start, end: Math.min(bytes, start + PART_BYTES) });
    return { places: await countTokenInParts(parts, bytes, customerId) };
  }
  if (isAsDropped(key)) return { places: await placesInDropped(task, object) };
  const content = decompressed(await store.read(key));
  return { bytes: content, places: countToken(content, customerId) };
}

/** Of files that no run could read, some cannot be looked into: that is no reason to leave the others alone, but one to say so. */
function placesInDropped(task: ErasureTask, { key }: ObjectInfo): Promise<number | "unreadable"> {
  return inScratch(task, async (directory) => {
    const path = await task.store.toLocalFile(key, directory);
    return task.countInDropped(path, task.customerId).catch(() => "unreadable");
  });
}

function prunedText(key: string, bytes: Uint8Array, customerId: string): string | undefined {
  const text = Buffer.from(bytes).toString("utf8");
  if (key.endsWith(".csv")) return pruneCsv(text, customerId);
  return /\.(json|jsonl|ndjson)$/.test(key) ? pruneJson(text, customerId) : undefined;
}
