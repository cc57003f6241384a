import type { ObjectStore } from "../../ports.ts";
import type { MlflowClient, MlflowServer } from "./mlflowClient.ts";

/** A lake and the server that hears of it. */
export interface MlflowTarget {
  readonly store: ObjectStore;
  readonly client: MlflowClient;
  readonly server: MlflowServer;
  /** Text of the Python file that reads the card. */
  readonly pythonCode: string;
}

/** Tag of runs and of model versions: the model's version in the lake. */
export const MODEL_TAG = "rfm_model_version";
