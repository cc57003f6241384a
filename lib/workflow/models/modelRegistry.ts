import { ZodError } from "zod";
import { SegmentationError } from "../../domain/errors.ts";
import { type ModelCard, modelCardSchema } from "../../domain/model/modelCard.ts";
import { ArmShareError } from "../../domain/rfm/scoringArm.ts";
import { isCollision } from "../../domain/storeErrors.ts";
import type { ObjectStore } from "../../ports.ts";
import { DamagedObjectError, readJson } from "../lake/json.ts";
import { ALIASES_KEY, modelKey } from "../lake/layout.ts";
import { type ModelAliases, readAliases, writeAliases } from "./aliases.ts";

const MODELS_PREFIX = "models/";
/** Model versions are names of objects; nothing else gets into a key. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** A version that the registry does not hold. */
export class UnknownModelError extends SegmentationError {
  constructor(version: string) {
    super("UNKNOWN_MODEL", `There is no model ${JSON.stringify(version.slice(0, 100))} in the lake.`, { version });
  }
}

/** Somebody else changed the aliases first; nothing was changed. */
export class RegistryConflictError extends SegmentationError {
  constructor(expected: string | null, found: string | null) {
    super(
      "REGISTRY_CONFLICT",
      `The champion is ${found ?? "none"} meanwhile, not ${expected ?? "none"}: look again and repeat.`,
      { expected, found },
    );
  }
}

/** There is no earlier champion to go back to. */
export class NoEarlierChampionError extends SegmentationError {
  constructor() {
    super("NO_EARLIER_CHAMPION", "No earlier champion is recorded, so there is nothing to roll back to.");
  }
}

export interface ModelFacts {
  readonly modelVersion: string;
  readonly createdAt: string;
  readonly k: number;
  readonly customers: number;
  readonly inertia: number;
  readonly snapshotDate: string;
  readonly runId: string;
  readonly alias: "champion" | "challenger" | null;
}

/** A model card, checked. @throws UnknownModelError, DamagedObjectError. */
export async function readModel(store: ObjectStore, version: string): Promise<ModelCard> {
  const key = modelKey(version);
  if (!VERSION.test(version) || key === ALIASES_KEY || (await store.head(key)) === undefined)
    throw new UnknownModelError(version);
  try {
    return modelCardSchema.parse(await readJson(store, key));
  } catch (error) {
    throw error instanceof ZodError ? new DamagedObjectError(key, error) : error;
  }
}

/** All models of the lake, the newest first. */
export async function listModels(store: ObjectStore): Promise<ModelFacts[]> {
  const aliases = await readAliases(store);
  const keys = (await store.list(MODELS_PREFIX)).map(({ key }) => key).filter((key) => key !== ALIASES_KEY);
  const versions = keys.map((key) => key.slice(MODELS_PREFIX.length, -".json".length));
  const cards = await Promise.all(versions.map((version) => readModel(store, version)));
  return cards.map((card) => factsOf(card, aliases)).sort(newestFirst);
}

function newestFirst(a: ModelFacts, b: ModelFacts): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.modelVersion < b.modelVersion ? -1 : 1;
}

function factsOf(card: ModelCard, { champion, challenger }: ModelAliases): ModelFacts {
  const { modelVersion, createdAt, k, training, lineage } = card;
  const alias =
    modelVersion === champion ? "champion" : modelVersion === challenger?.modelVersion ? "challenger" : null;
  const { customers, inertia } = training;
  return { modelVersion, createdAt, k, customers, inertia, ...lineageOf(lineage), alias };
}

const lineageOf = ({ snapshotDate, runId }: ModelCard["lineage"]) => ({ snapshotDate, runId });

export interface PromoteOptions {
  /** Promote only while this is the champion; default: whichever it is when the aliases are read. */
  readonly expectedChampion?: string | null;
}

/**
 * Makes a model the champion by a conditional write. A challenger that becomes champion is no challenger any more.
 * @throws UnknownModelError, RegistryConflictError.
 */
export async function promoteModel(
  store: ObjectStore,
  version: string,
  options: PromoteOptions = {},
): Promise<ModelAliases> {
  await readModel(store, version);
  const { expectedChampion } = options;
  return changed(store, (aliases) => {
    if (expectedChampion !== undefined && aliases.champion !== expectedChampion)
      throw new RegistryConflictError(expectedChampion, aliases.champion);
    const { challenger, ...others } = aliases;
    const keeps = challenger !== undefined && challenger?.modelVersion !== version;
    return { ...others, champion: version, ...(keeps ? { challenger } : {}) };
  });
}

/** Goes back to the earlier champion. @throws NoEarlierChampionError, UnknownModelError, RegistryConflictError. */
export async function rollBackModel(store: ObjectStore): Promise<ModelAliases> {
  const { previous: [earlier] = [] } = await readAliases(store);
  if (earlier === undefined) throw new NoEarlierChampionError();
  await readModel(store, earlier);
  return changed(store, (aliases) => {
    const [latest, ...older] = aliases.previous ?? [];
    if (latest !== earlier) throw new RegistryConflictError(earlier, latest ?? null);
    return { ...aliases, champion: earlier, previous: older };
  });
}

/** Gives a model a share of the customers, or ends the trial with `null`. @throws UnknownModelError, ArmShareError. */
export async function setChallenger(
  store: ObjectStore,
  challenger: { readonly version: string; readonly share: number; readonly salt?: string } | null,
): Promise<ModelAliases> {
  if (challenger === null) return changed(store, (aliases) => ({ ...aliases, challenger: null }));
  const { version, share, salt = version } = challenger;
  if (!(share >= 0 && share <= 1)) throw new ArmShareError(share);
  await readModel(store, version);
  return changed(store, (aliases) => ({ ...aliases, challenger: { modelVersion: version, share, salt } }));
}

async function changed(store: ObjectStore, change: (aliases: ModelAliases) => ModelAliases): Promise<ModelAliases> {
  let before: string | null = null;
  try {
    // Once: whoever asked saw other aliases than those that somebody has changed meanwhile.
    const attempts = 1;
    return await writeAliases(
      store,
      (aliases) => {
        before = aliases.champion;
        return change(aliases);
      },
      attempts,
    );
  } catch (error) {
    if (!isCollision(error)) throw error;
    throw new RegistryConflictError(before, (await readAliases(store)).champion);
  }
}
