import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openFolderStore } from "../local/lake/folderStore.ts";
import { NoLakeError } from "../local/lake/lakeQueries.ts";
import { type ExportedModel, exportModel } from "../workflow/mlflow/exportModel.ts";
import { DEFAULT_MLFLOW_NAME, type MlflowServer, mlflowClient } from "../workflow/mlflow/mlflowClient.ts";
import { type ExportedRoles, syncAliases } from "../workflow/mlflow/syncAliases.ts";
import type { MlflowTarget } from "../workflow/mlflow/target.ts";

const PYTHON_FILE = new URL("../workflow/mlflow/rfm_segmentation_model.py", import.meta.url);

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
  const target: MlflowTarget = {
    store: openFolderStore(directory),
    client: mlflowClient(server),
    server,
    pythonCode: readFileSync(PYTHON_FILE, "utf8"),
  };
  const models: ExportedModel[] = [];
  for (const version of versions) models.push(await exportModel(target, version));
  return { server, models, roles: await syncAliases(target) };
}

/** The server that MLflow's own variables name; undefined where none does. */
export function mlflowFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  trackingUri = environment.MLFLOW_TRACKING_URI,
): MlflowServer | undefined {
  if (trackingUri === undefined || trackingUri === "") return undefined;
  const { MLFLOW_EXPERIMENT_NAME, MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD } =
    environment;
  return {
    trackingUri,
    name: MLFLOW_EXPERIMENT_NAME || DEFAULT_MLFLOW_NAME,
    ...(MLFLOW_TRACKING_TOKEN ? { token: MLFLOW_TRACKING_TOKEN } : {}),
    ...(MLFLOW_TRACKING_USERNAME ? { user: MLFLOW_TRACKING_USERNAME } : {}),
    ...(MLFLOW_TRACKING_PASSWORD ? { password: MLFLOW_TRACKING_PASSWORD } : {}),
  };
}
