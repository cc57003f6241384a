import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { openFolderStore } from "../local/lake/folderStore.ts";
import { NoLakeError } from "../local/lake/lakeQueries.ts";
import type { ExportedModel } from "../workflow/mlflow/exportModel.ts";
import type { MlflowServer } from "../workflow/mlflow/mlflowClient.ts";
import { type ExportedRoles, exportModels } from "../workflow/mlflow/syncAliases.ts";
import { mlflowTarget } from "../workflow/mlflow/target.ts";

export { mlflowFromEnvironment } from "../workflow/mlflow/target.ts";

/** What an export to MLflow did. */
export interface MlflowExport {
  readonly server: MlflowServer;
  readonly models: readonly ExportedModel[];
  readonly roles: ExportedRoles;
}

/**
 * Logs models of a lake with their runs, registers them, and gives the aliases `champion` and `challenger` to those
 * that have these roles. What is there already stays as it is.
 * @param versions beside those with a role; default none.
 * @throws MlflowError, UnknownModelError, NoLakeError.
 */
export async function exportToMlflow(
  lake: string,
  server: MlflowServer,
  versions: readonly string[] = [],
): Promise<MlflowExport> {
  const directory = resolve(lake);
  if (!existsSync(join(directory, "models"))) throw new NoLakeError(lake);
  return { server, ...(await exportModels(mlflowTarget(openFolderStore(directory), server), versions)) };
}
