import type { ObjectInfo } from "../../ports.ts";
import { inScratch } from "./eraseFromParquet.ts";
import { inTurns } from "./inTurns.ts";
import { isAsDropped, isOfNoRows, isPassing } from "./objectKinds.ts";
import type { ErasureTask, Found } from "./types.ts";

export type SearchTask = Pick<ErasureTask, "store" | "search" | "customerId" | "isSearched" | "prefixes" | "scratch">;

/** What a search through every object found. */
export interface ObjectSearch {
  /** Keys of objects in which the id still stands for a customer. */
  readonly asCustomer: readonly string[];
  /** Keys of files as dropped that are damaged or encrypted: whether the customer is in them, nobody can say. */
  readonly unreadable: readonly string[];
  /** Places where the same text is something else (a number, a product code), by key. */
  readonly elsewhere: Readonly<Record<string, number>>;
  readonly filesSearched: number;
  readonly bytesSearched: number;
}

/**
 * The proof of an erasure: every object decoded to its values, by other code than the one that erased. Values of
 * columns and names that are customers' must not be the customer's; nor may the id stand in files that nobody has read,
 * or that nothing needs.
 */
export async function searchObjects(task: SearchTask): Promise<ObjectSearch> {
  const listed = await Promise.all((task.prefixes ?? [""]).map((prefix) => task.store.list(prefix)));
  const objects = listed.flat().filter(({ key }) => task.isSearched(key));
  const keys = new Set(objects.map(({ key }) => key));
  const found = await inTurns(objects, (object) => searchObject(task, object));
  const asCustomer: string[] = [];
  const unreadable: string[] = [];
  const elsewhere: Record<string, number> = {};
  for (const [i, { key }] of objects.entries()) {
    const hit = found[i] as Found | "unreadable";
    if (hit === "unreadable") unreadable.push(key);
    else if (hit.customers > 0 || (hit.places > 0 && mustBeGone(key, keys))) asCustomer.push(key);
    else if (hit.places > 0) elsewhere[key] = hit.places;
  }
  const bytesSearched = objects.reduce((sum, { bytes }) => sum + bytes, 0);
  return { asCustomer, unreadable, elsewhere, filesSearched: objects.length, bytesSearched };
}

const mustBeGone = (key: string, keys: ReadonlySet<string>): boolean =>
  isPassing(key) || (isAsDropped(key) && isOfNoRows(key, keys));

function searchObject(task: SearchTask, { key, bytes }: ObjectInfo): Promise<Found | "unreadable"> {
  if (bytes === 0) return Promise.resolve({ customers: 0, places: 0 });
  return inScratch(task, async (directory) => {
    const path = await task.store.toLocalFile(key, directory);
    if (!isAsDropped(key)) return task.search.own(path, key, task.customerId);
    // What cannot be unpacked is told: it is no reason to leave the others unsearched.
    const places = await task.search.delivered(path, task.customerId).catch(() => "unreadable" as const);
    return places === "unreadable" ? places : { customers: 0, places };
  });
}
