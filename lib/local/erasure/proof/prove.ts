import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Queries } from "../../../postgres/eraseCustomer.ts";
import { type ObjectSearch, type SearchTask, searchObjects } from "../../../workflow/erasure/searchObjects.ts";
import type { DuckDbEngine } from "../../duckdb/index.ts";
import { countInText } from "./searchDelivered.ts";
import { searchCatalog, searchDatabase, type TableHits } from "./searchTables.ts";

/**
 * What a search through every value and every byte of the lake found; `asCustomer` is empty, or the erasure has failed.
 */
export type ErasureProof = ObjectSearch;

/**
 * Searches a lake for a customer, by other code than what erased: every file decoded to its values, every table of the
 * catalog and of the database, and the pages of both in every encoding of the id.
 */
export async function proveErased(
  engine: DuckDbEngine,
  database: Queries | undefined,
  lakeDirectory: string,
  task: SearchTask,
): Promise<ErasureProof> {
  const objects = await searchObjects(task);
  const asCustomer = [...objects.asCustomer];
  const elsewhere: Record<string, number> = { ...objects.elsewhere };
  const hear = (hits: TableHits): void => {
    for (const [table, { customers, places }] of hits) {
      if (customers > 0) asCustomer.push(table);
      else if (places > 0) elsewhere[table] = places;
    }
  };
  hear(await searchCatalog(engine, task.customerId));
  if (database !== undefined) hear(await searchDatabase(database, task.customerId));
  const pages = [...filesBelow(lakeDirectory, "postgres"), ...filesBelow(lakeDirectory, "processed")];
  let { bytesSearched } = objects;
  for (const key of pages) {
    const path = join(lakeDirectory, key);
    bytesSearched += statSync(path).size;
    const places = await countInText(createReadStream(path), task.customerId);
    if (places > 0) elsewhere[key] = places;
  }
  const { filesSearched, unreadable } = objects;
  return { filesSearched: filesSearched + pages.length, bytesSearched, asCustomer, unreadable, elsewhere };
}

function filesBelow(lakeDirectory: string, folder: string): string[] {
  const root = join(lakeDirectory, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(lakeDirectory, join(entry.parentPath, entry.name)).split(sep).join("/"));
}
