import type { ObjectStore } from "../../ports.ts";
import { DEFAULT_MLFLOW_NAME, type MlflowClient, type MlflowServer, mlflowClient } from "./mlflowClient.ts";
import { pythonCode } from "./pythonCode.ts";

/** A lake and the server that hears of it. */
export interface MlflowTarget {
  readonly store: ObjectStore;
  readonly client: MlflowClient;
  readonly server: MlflowServer;
  /** Text of the Python file that reads the card. */
  readonly pythonCode: string;
}

/** Opens a server for a lake. @throws MlflowError for an address that is not of a server. */
export const mlflowTarget = (store: ObjectStore, server: MlflowServer): MlflowTarget => ({
  ...{ store, server },
  client: mlflowClient(server),
  pythonCode: pythonCode(),
});

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

/** Tag of runs and of model versions: the model's version in the lake. */
export const MODEL_TAG = "rfm_model_version";
