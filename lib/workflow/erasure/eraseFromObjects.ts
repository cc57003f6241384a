import type { AffectedSource } from "../../domain/audience/erasure.ts";
import type { ObjectInfo, ObjectStore } from "../../ports.ts";
import { eraseFromParquet, isParquet } from "./eraseFromParquet.ts";
import { eraseFromText, isAsDropped } from "./eraseFromText.ts";
import { inTurns } from "./inTurns.ts";
import type { ParquetRows } from "./parquetRows.ts";

export interface ErasureTask {
  readonly store: ObjectStore;
  readonly parquet: ParquetRows;
  /** Places of an id in a file as somebody dropped it, of whatever format; rejects what cannot be looked into. */
  readonly countInDropped: (path: string, id: string) => Promise<number>;
  readonly customerId: string;
  /** Which objects are searched. */
  readonly isSearched: (key: string) => boolean;
  /** Prefixes that are listed; default the whole store. */
  readonly prefixes?: readonly string[];
  /** Folders of this machine for one batch of objects. */
  readonly scratch: { open(): Promise<string>; remove(directory: string): Promise<void> };
  /** Only says what would be done. */
  readonly isTrial: boolean;
  /** Sources that are known to hold the customer: the files that they were dropped as go. */
  readonly known?: readonly AffectedSource[];
  /** Hears of sources before their rows are rewritten. */
  readonly onAffected?: (affected: readonly AffectedSource[]) => Promise<void>;
}

export interface ObjectErasure {
  /** Keys of objects that were written anew without the customer. */
  readonly rewritten: readonly string[];
  /** Keys of objects that could not be, and are gone: files as dropped, pages. */
  readonly removed: readonly string[];
  /** Keys of files as dropped that are damaged or encrypted: whether the customer is in them, nobody can say. */
  readonly unreadable: readonly string[];
  /** Sources whose raw rows held the customer. */
  readonly affected: readonly AffectedSource[];
  readonly filesSearched: number;
  readonly bytesSearched: number;
  /** Places where the same text is something else (a number, a product code), by key. */
  readonly elsewhere: Readonly<Record<string, number>>;
}

/**
 * Reads every object of a store and takes a customer out of it: objects are written anew, each at once, or removed where they
 * cannot be. As a trial it is the proof: what there would be to change is the customer still.
 */
export async function eraseFromObjects(task: ErasureTask): Promise<ObjectErasure> {
  const listed = await Promise.all((task.prefixes ?? [""]).map((prefix) => task.store.list(prefix)));
  const objects = listed.flat().filter(({ key }) => task.isSearched(key));
  const kinds = await inTurns(objects, async (object) => !isAsDropped(object.key) && isParquet(task.store, object));
  const of = (isOfKind: boolean): ObjectInfo[] => objects.filter((_, i) => kinds[i] === isOfKind);
  const { hits, affected } = await eraseFromParquet(task, of(true));
  const suspects = [...(task.known ?? []), ...affected];
  const texts = await inTurns(of(false), (object) => eraseFromText(task, object, suspects));
  const elsewhere: Record<string, number> = {};
  for (const [key, { others }] of hits) if (others > 0) elsewhere[key] = others;
  for (const hit of texts) if (hit?.done === "kept") elsewhere[hit.key] = hit.places;
  const keysOf = (done: string): string[] => texts.flatMap((hit) => (hit?.done === done ? [hit.key] : []));
  const rewritten = [...hits].filter(([, { customers }]) => customers > 0).map(([key]) => key);
  return {
    rewritten: [...rewritten, ...keysOf("rewritten")],
    removed: keysOf("removed"),
    unreadable: keysOf("unreadable"),
    affected,
    filesSearched: objects.length,
    bytesSearched: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    elsewhere,
  };
}
