import { readAliases } from "../models/aliases.ts";
import { type ExportedModel, exportModel } from "./exportModel.ts";
import type { MlflowTarget } from "./target.ts";

export const ROLES = ["champion", "challenger"] as const;
export type ModelRole = (typeof ROLES)[number];

/** A model by its role; null where nobody has it. */
export type ExportedRoles = Readonly<Record<ModelRole, ExportedModel | null>>;

interface RegisteredModel {
  readonly registered_model: { readonly aliases?: readonly { readonly alias: string; readonly version: string }[] };
}

/**
 * Gives the registry's aliases to the versions whose models have the roles in the lake, and logs those that are not
 * there yet. @throws MlflowError; UnknownModelError where the lake lacks a card.
 */
export async function syncAliases(target: MlflowTarget): Promise<ExportedRoles> {
  const { champion, challenger } = await readAliases(target.store);
  const wanted: Readonly<Record<ModelRole, string | null>> = {
    champion,
    challenger: challenger?.modelVersion ?? null,
  };
  const exported: Record<ModelRole, ExportedModel | null> = { champion: null, challenger: null };
  for (const role of ROLES) {
    const version = wanted[role];
    exported[role] = version === null ? null : await exportModel(target, version);
  }
  const { client, server } = target;
  const registry = await client.get<RegisteredModel>("registered-models/get", { name: server.name });
  const aliases = registry?.registered_model.aliases ?? [];
  for (const role of ROLES) {
    const before = aliases.find(({ alias }) => alias === role)?.version;
    const after = exported[role]?.mlflowVersion;
    if (before === after) continue;
    if (after === undefined) await client.send("DELETE", "registered-models/alias", { name: server.name, alias: role });
    else await client.send("POST", "registered-models/alias", { name: server.name, alias: role, version: after });
  }
  return exported;
}

/** Logs these models and those that have a role, and gives the roles. @throws MlflowError, UnknownModelError. */
export async function exportModels(
  target: MlflowTarget,
  versions: readonly string[],
): Promise<{ readonly models: readonly ExportedModel[]; readonly roles: ExportedRoles }> {
  const models: ExportedModel[] = [];
  for (const version of versions) models.push(await exportModel(target, version));
  return { models, roles: await syncAliases(target) };
}
