import type { ObjectStore } from "../../ports.ts";
import { changeJson, readJson } from "../lake/json.ts";
import { ALIASES_KEY } from "../lake/layout.ts";

/** A model on trial: it scores its share of the customers. */
export interface ChallengerAlias {
  readonly modelVersion: string;
  /** 0..1 of the customers, chosen by a salted hash of their ids. */
  readonly share: number;
  readonly salt: string;
}

/** Which model versions are in use; changed only by conditional writes, so nobody's change is lost. */
export interface ModelAliases {
  /** The model that scores: that of the latest run until somebody promotes another. */
  readonly champion: string | null;
  readonly challenger?: ChallengerAlias | null;
  /** Earlier champions, the latest first. */
  readonly previous?: readonly string[];
  /** The run that readers of the lake see: the one pointer that all of them follow. */
  readonly run?: string;
  /** ISO timestamp at which that run was planned; absent in aliases of the first releases. */
  readonly runCreatedAt?: string;
}

const NO_ALIASES: ModelAliases = { champion: null };
const MAX_PREVIOUS = 20;

/** The aliases as they are; nothing is champion in a new lake. */
export async function readAliases(store: ObjectStore): Promise<ModelAliases> {
  const info = await store.head(ALIASES_KEY);
  return info === undefined ? NO_ALIASES : readJson<ModelAliases>(store, ALIASES_KEY);
}

/**
 * Applies a change to the aliases, again on top of somebody else's change where there was one.
 * @returns the new aliases; nothing is written where the change gives back what it got.
 * @throws ObjectChangedError, ObjectExistsError after so many collisions.
 */
export function writeAliases(
  store: ObjectStore,
  change: (aliases: ModelAliases) => ModelAliases,
  maxAttempts?: number,
): Promise<ModelAliases> {
  const remembered = (before: ModelAliases): ModelAliases => {
    const after = change(before);
    return after === before ? before : remembering(before, after);
  };
  return changeJson(store, ALIASES_KEY, NO_ALIASES, remembered, maxAttempts);
}

/** A champion that is replaced joins the earlier ones, unless the change keeps that list itself. */
function remembering(before: ModelAliases, after: ModelAliases): ModelAliases {
  if (before.champion === null || before.champion === after.champion || after.previous !== before.previous)
    return after;
  const others = (before.previous ?? []).filter((version) => version !== before.champion && version !== after.champion);
  return { ...after, previous: [before.champion, ...others].slice(0, MAX_PREVIOUS) };
}
