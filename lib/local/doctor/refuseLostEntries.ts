import type { ObjectStore } from "../../ports.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { CATALOG_KEY } from "../lake/lakePaths.ts";
import { missingEntries } from "./examine.ts";
import { keepInventory, readInventory } from "./inventory.ts";
import { LakeIncompleteError } from "./missingPieces.ts";

/**
 * What a writer does when it has the lock: it refuses a catalog that is another one than the lake's, and gives a lake
 * of an earlier release, or a new one, its inventory. @throws LakeIncompleteError
 */
export async function refuseLostEntries(
  store: ObjectStore,
  lakeDirectory: string,
  engine: DuckDbEngine,
): Promise<void> {
  const inventory = await readInventory(store);
  if (inventory === undefined) return keepInventory(store, lakeDirectory, engine);
  const lost = await missingEntries({ engine, inventory });
  if (lost.length > 0)
    throw new LakeIncompleteError(lakeDirectory, [{ kind: "catalog", key: `${CATALOG_KEY}: ${lost[0]}` }]);
}
