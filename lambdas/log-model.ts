import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { setting } from "../lib/aws/functions/environment.ts";
import { mlflowServer } from "../lib/aws/functions/mlflowServer.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { traced } from "../lib/aws/functions/telemetry.ts";
import { exportModels } from "../lib/workflow/mlflow/syncAliases.ts";
import { mlflowTarget } from "../lib/workflow/mlflow/target.ts";

const { store } = stepPorts();
const secrets = traced(new SecretsManagerClient({ maxAttempts: 6 }));

/** Logs the model of a published run to MLflow and moves the aliases; the run is published whatever comes of it. */
export const handler = stepHandler(async ({ detail }: { readonly detail: { readonly modelVersion: string } }) => {
  const server = await mlflowServer(secrets, setting("mlflowTrackingUri"), setting("mlflowSecret"));
  return exportModels(mlflowTarget(store, server), [detail.modelVersion]);
});
