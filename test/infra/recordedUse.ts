import { AsyncLocalStorage } from "node:async_hooks";
import { ObjectNotFoundError } from "../../lib/domain/storeErrors.ts";
import type { ObjectStore } from "../../lib/ports.ts";

/** What one step did in the lake: zones (`curated/`) and whether something that it asked for was not there. */
export interface LakeUse {
  readonly reads: Set<string>;
  readonly writes: Set<string>;
  readonly lists: Set<string>;
  /** Keys. */
  readonly removes: Set<string>;
  foundAbsent: boolean;
}

/** `scoring/` has zones within: what users bring, what they get, and the papers of jobs. */
const zoneOf = (key: string): string => /^((?:scoring|processed)\/[^/]+|[^/]+)/.exec(key)?.[0].concat("/") ?? "";

/** Remembers by step what is done with a store. `during(step, work)` says which step is at work. */
export function lakeRecorder() {
  const steps = new AsyncLocalStorage<string>();
  const uses = new Map<string, LakeUse>();
  const use = (): LakeUse => {
    const step = steps.getStore() ?? "nobody";
    const known = uses.get(step) ?? {
      ...{ reads: new Set<string>(), writes: new Set<string>(), lists: new Set<string>(), removes: new Set<string>() },
      foundAbsent: false,
    };
    uses.set(step, known);
    return known;
  };
  return {
    uses,
    /** The step that is at work. */
    current: (): string | undefined => steps.getStore(),
    during: <Result>(step: string, work: () => Promise<Result>): Promise<Result> => steps.run(step, work),
    record: (store: ObjectStore): ObjectStore => recordingStore(store, use),
  };
}

function recordingStore(store: ObjectStore, use: () => LakeUse): ObjectStore {
  const asking = async <Result>(key: string, ask: () => Promise<Result>): Promise<Result> => {
    use().reads.add(zoneOf(key));
    try {
      const result = await ask();
      if (result === undefined) use().foundAbsent = true;
      return result;
    } catch (error) {
      if (error instanceof ObjectNotFoundError) use().foundAbsent = true;
      throw error;
    }
  };
  return {
    uri: store.uri,
    list: (prefix) => {
      use().lists.add(zoneOf(prefix));
      return store.list(prefix);
    },
    head: (key) => asking(key, () => store.head(key)),
    read: (key, range) => asking(key, () => store.read(key, range)),
    toLocalFile: (key, directory) => asking(key, () => store.toLocalFile(key, directory)),
    write: (key, body, options) => {
      use().writes.add(zoneOf(key));
      return store.write(key, body, options);
    },
    fromLocalFile: (path, key, options) => {
      use().writes.add(zoneOf(key));
      return store.fromLocalFile(path, key, options);
    },
    copy: (from, to) => {
      use().writes.add(zoneOf(to));
      return asking(from, () => store.copy(from, to));
    },
    remove: (keys) => {
      for (const key of keys) use().removes.add(key);
      return store.remove(keys);
    },
  };
}
