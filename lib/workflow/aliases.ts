import { ObjectChangedError, ObjectExistsError } from "../domain/storeErrors.ts";
import type { ObjectStore } from "../ports.ts";
import { readJson, writeJson } from "./json.ts";
import { ALIASES_KEY } from "./layout.ts";

/** Which model versions are in use; changed only by conditional writes, so nobody's change is lost. */
export interface ModelAliases {
  /** The model that the current segments were made with. */
  readonly champion: string | null;
}

const NO_ALIASES: ModelAliases = { champion: null };
const MAX_ATTEMPTS = 5;

/** The aliases as they are; nothing is champion in a new lake. */
export async function readAliases(store: ObjectStore): Promise<ModelAliases> {
  const info = await store.head(ALIASES_KEY);
  return info === undefined ? NO_ALIASES : readJson<ModelAliases>(store, ALIASES_KEY);
}

/**
 * Applies a change to the aliases, again on top of somebody else's change where there was one.
 * @throws ObjectChangedError after five collisions.
 */
export async function writeAliases(store: ObjectStore, change: (aliases: ModelAliases) => ModelAliases): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const info = await store.head(ALIASES_KEY);
    const before = info === undefined ? NO_ALIASES : await readJson<ModelAliases>(store, ALIASES_KEY);
    try {
      await writeJson(
        store,
        ALIASES_KEY,
        change(before),
        info === undefined ? { ifAbsent: true } : { ifMatch: info.etag },
      );
      return;
    } catch (error) {
      const collided = error instanceof ObjectChangedError || error instanceof ObjectExistsError;
      if (!collided || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
