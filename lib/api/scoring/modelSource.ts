import type { Config } from "../../domain/config/config.ts";
import { parseConfig } from "../../domain/config/configFile.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { ChallengerShare } from "../../domain/rfm/scoringArm.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunManifest } from "../../workflow/documents.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { ALIASES_KEY, manifestKey, runKey } from "../../workflow/lake/layout.ts";
import { readRunPlan } from "../../workflow/lake/runPlan.ts";
import { type ModelAliases, readAliases } from "../../workflow/models/aliases.ts";
import { readModel } from "../../workflow/models/modelRegistry.ts";
import { ProblemError } from "../problems.ts";

/** A model and the configuration of the run that made it, whose policies raw transactions are aggregated by. */
export interface ServedModel {
  readonly card: ModelCard;
  readonly config: Config;
}

/** The models in use at one moment: a request works with one set from beginning to end. */
export interface ModelSet {
  readonly champion: ServedModel;
  readonly challenger?: ServedModel;
  readonly share?: ChallengerShare;
}

export interface ModelSource {
  /** The models in use; undefined while the lake has none. */
  current(): Promise<ModelSet | undefined>;
}

export interface ModelSourceOptions {
  /** How long the aliases are taken as read, in milliseconds; default 1,000. */
  readonly refreshMs?: number;
  readonly now: () => number;
  /** Hears of a refresh that failed while older models can still be served. */
  readonly onStale?: (error: unknown) => void;
}

const REFRESH_MS = 1_000;

/** Models by the aliases of the lake: cards are immutable and kept, the aliases are looked at again by their ETag. */
export function openModelSource(store: ObjectStore, options: ModelSourceOptions): ModelSource {
  const { refreshMs = REFRESH_MS, now, onStale } = options;
  let models = new Map<string, ServedModel>();
  let set: ModelSet | undefined;
  let etag: string | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;

  const refresh = async (): Promise<void> => {
    const info = await store.head(ALIASES_KEY);
    if (info?.etag !== etag || info === undefined) {
      const aliases = await readAliases(store);
      const loaded = await loadInUse(store, aliases, models);
      models = loaded.models;
      set = loaded.set;
      etag = info?.etag;
    }
    checkedAt = now();
  };
  return {
    async current() {
      if (now() - checkedAt < refreshMs) return set;
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      try {
        await refreshing;
      } catch (error) {
        // A model that is loaded goes on scoring while the store cannot be asked.
        if (set === undefined) throw error;
        checkedAt = now();
        onStale?.(error);
      }
      return set;
    },
  };
}

async function loadInUse(
  store: ObjectStore,
  { champion, challenger }: ModelAliases,
  known: ReadonlyMap<string, ServedModel>,
): Promise<{ models: Map<string, ServedModel>; set: ModelSet | undefined }> {
  const models = new Map<string, ServedModel>();
  const load = async (version: string): Promise<ServedModel> => {
    const model = known.get(version) ?? (await loadModel(store, version));
    models.set(version, model);
    return model;
  };
  if (champion === null) return { models, set: undefined };
  const set: ModelSet = { champion: await load(champion) };
  const isOnTrial = challenger != null && challenger.share > 0 && challenger.modelVersion !== champion;
  if (!isOnTrial) return { models, set };
  const { modelVersion, share, salt } = challenger;
  return { models, set: { ...set, challenger: await load(modelVersion), share: { share, salt } } };
}

/** A model with the configuration that its run was made with. @throws UnknownModelError. */
export async function loadModel(store: ObjectStore, version: string): Promise<ServedModel> {
  const card = await readModel(store, version);
  const manifest = manifestKey(card.lineage.runId);
  const hasManifest = (await store.head(manifest)) !== undefined;
  const attempt = hasManifest ? (await readJson<RunManifest>(store, manifest)).attempt : undefined;
  const hasPlan = attempt !== undefined && (await store.head(runKey(attempt))) !== undefined;
  return { card, config: hasPlan ? (await readRunPlan(store, attempt)).config : parseConfig({}) };
}

/** The models in use. @throws ProblemError 409 while there is none. */
export async function requireModels({ models }: { readonly models: ModelSource }): Promise<ModelSet> {
  const set = await models.current();
  if (set === undefined) throw new ProblemError(409, "NO_MODEL", "The lake has no model yet: the first run makes one.");
  return set;
}
