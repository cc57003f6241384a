import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SegmentationError } from "../../domain/errors.ts";
import type { MlflowServer } from "../../workflow/mlflow/mlflowClient.ts";
import { mlflowFromEnvironment } from "../../workflow/mlflow/target.ts";

/** What the secret may hold: MLflow's own names. */
const NAMES = [
  "MLFLOW_TRACKING_TOKEN",
  "MLFLOW_TRACKING_USERNAME",
  "MLFLOW_TRACKING_PASSWORD",
  "MLFLOW_EXPERIMENT_NAME",
];

/** The secret of `mlflowSecret` holds something else than it should. */
export class MlflowSecretError extends SegmentationError {
  constructor(secretName: string, reason: string) {
    super("MLFLOW_SECRET", `The secret ${secretName} ${reason}; it holds JSON with some of ${NAMES.join(", ")}.`, {
      secretName,
    });
  }
}

/**
 * The MLflow server of a deployment, with what the secret says of who asks.
 * @param secretName `none` for a server that asks nobody who they are.
 * @throws MlflowSecretError
 */
export async function mlflowServer(
  client: Pick<SecretsManagerClient, "send">,
  trackingUri: string,
  secretName: string,
): Promise<MlflowServer> {
  const secret = secretName === "none" ? {} : await readSecret(client, secretName);
  return mlflowFromEnvironment(secret, trackingUri) as MlflowServer;
}

async function readSecret(
  client: Pick<SecretsManagerClient, "send">,
  secretName: string,
): Promise<Readonly<Record<string, string>>> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }));
  const value = parsed(secretName, SecretString);
  const unknown = Object.keys(value).filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) throw new MlflowSecretError(secretName, `has ${unknown.join(", ")}`);
  return value;
}

function parsed(secretName: string, text: string | undefined): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    const isText = (each: unknown): boolean => typeof each === "string";
    if (typeof value === "object" && value !== null && Object.values(value).every(isText))
      return value as Record<string, string>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The parser's message would quote the secret.
  }
  throw new MlflowSecretError(secretName, "is not an object of texts");
}
