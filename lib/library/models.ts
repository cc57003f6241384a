import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ModelCard } from "../domain/model/modelCard.ts";
import { keepAliases } from "../local/doctor/inventory.ts";
import { openFolderStore } from "../local/lake/folderStore.ts";
import { NoLakeError } from "../local/lake/lakeQueries.ts";
import type { ObjectStore } from "../ports.ts";
import type { ModelAliases } from "../workflow/models/aliases.ts";
import { compareModels, type ModelComparison } from "../workflow/models/compareModels.ts";
import {
  listModels,
  type ModelFacts,
  type PromoteOptions,
  promoteModel,
  readModel,
  rollBackModel,
  setChallenger,
} from "../workflow/models/modelRegistry.ts";

/** A model on trial: it scores its share of the customers, chosen by a salted hash of their ids. */
export interface Challenge {
  readonly version: string;
  /** 0..1 of the customers; 0 ends the trial. */
  readonly share: number;
  /** Another salt chooses other customers. Default: the version. */
  readonly salt?: string;
}

/**
 * The models of a lake. All throw NoLakeError where there is none, UnknownModelError for a version that is not there.
 */
export interface LakeModels {
  /** All of them, the newest first. */
  list(): Promise<readonly ModelFacts[]>;
  card(version: string): Promise<ModelCard>;
  /** Makes a model the champion; a run makes its own model the champion again. @throws RegistryConflictError. */
  promote(version: string, options?: PromoteOptions): Promise<ModelAliases>;
  /** Makes the earlier champion the champion again. @throws NoEarlierChampionError. */
  rollBack(): Promise<ModelAliases>;
  challenge(challenge: Challenge): Promise<ModelAliases>;
  /** Two models side by side, and how differently they see the customers. */
  compare(version: string, other: string): Promise<ModelComparison>;
}

/** The models of the lake in a folder; the folder is looked at with each call. */
export function modelsOf(lake: string): LakeModels {
  const store = (): ObjectStore => {
    if (!existsSync(join(resolve(lake), "models"))) throw new NoLakeError(lake);
    return openFolderStore(resolve(lake));
  };
  const changed = async (change: (open: ObjectStore) => Promise<ModelAliases>): Promise<ModelAliases> => {
    const open = store();
    const aliases = await change(open);
    await keepAliases(open);
    return aliases;
  };
  return {
    list: async () => listModels(store()),
    card: async (version) => readModel(store(), version),
    promote: (version, options) => changed((open) => promoteModel(open, version, options)),
    rollBack: () => changed(rollBackModel),
    challenge: ({ version, share, salt }) =>
      changed((open) =>
        setChallenger(open, share === 0 ? null : { version, share, ...(salt === undefined ? {} : { salt }) }),
      ),
    compare: async (version, other) => compareModels(store(), version, other),
  };
}
