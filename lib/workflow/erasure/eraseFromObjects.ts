import type { ObjectInfo } from "../../ports.ts";
import { eraseFromParquet, isParquet } from "./eraseFromParquet.ts";
import { eraseFromText } from "./eraseFromText.ts";
import { inTurns } from "./inTurns.ts";
import { isAsDropped } from "./objectKinds.ts";
import type { ErasureTask, ObjectErasure } from "./types.ts";

/**
 * Reads every object of a store and takes a customer out of it: objects are written anew, each at once, or removed
 * where they cannot be. As a trial it says only what it would change. What is left is not its own to judge:
 * `searchObjects` goes another way.
 */
export async function eraseFromObjects(task: ErasureTask): Promise<ObjectErasure> {
  const listed = await Promise.all((task.prefixes ?? [""]).map((prefix) => task.store.list(prefix)));
  const objects = listed.flat().filter(({ key }) => task.isSearched(key));
  const kinds = await inTurns(objects, async (object) => !isAsDropped(object.key) && isParquet(task.store, object));
  const of = (isOfKind: boolean): ObjectInfo[] => objects.filter((_, i) => kinds[i] === isOfKind);
  const { hits, affected } = await eraseFromParquet(task, of(true));
  const suspects = [...(task.known ?? []), ...affected];
  const keys = new Set(objects.map(({ key }) => key));
  const texts = await inTurns(of(false), (object) => eraseFromText(task, object, suspects, keys));
  const elsewhere: Record<string, number> = {};
  for (const [key, { others }] of hits) if (others > 0) elsewhere[key] = others;
  for (const hit of texts)
    if (hit !== undefined && hit.done !== "removed" && hit.places > 0) elsewhere[hit.key] = hit.places;
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
