import { SegmentationError } from "../../domain/errors.ts";

/** What the deployment tells its functions, by environment variable. `lib/infra/workflow/functions.ts` sets them. */
export const ENVIRONMENT = {
  lakeBucket: "RFM_LAKE_BUCKET",
  codeVersion: "RFM_CODE_VERSION",
  mapConcurrency: "RFM_MAP_CONCURRENCY",
  stateMachineArn: "RFM_STATE_MACHINE_ARN",
  /** `on` where a stream comes in, else `off`. */
  stream: "RFM_STREAM",
  /** The machine of score jobs. */
  scoringMachineArn: "RFM_SCORING_MACHINE_ARN",
  /** Origins whose pages may call the API, with commas between them, or `none`. */
  apiOrigins: "RFM_API_ORIGINS",
  /** ARN of the Aurora cluster, or `none`. */
  databaseCluster: "RFM_DATABASE_CLUSTER_ARN",
  databaseSecret: "RFM_DATABASE_SECRET_ARN",
  databaseName: "RFM_DATABASE_NAME",
  mlflowTrackingUri: "RFM_MLFLOW_TRACKING_URI",
  /** Name of the secret with what the MLflow server asks for, or `none`. */
  mlflowSecret: "RFM_MLFLOW_SECRET",
} as const;

export type Setting = keyof typeof ENVIRONMENT;

/** A function that was deployed without one of its settings. */
export class MissingSettingError extends SegmentationError {
  constructor(variable: string) {
    super("MISSING_SETTING", `The environment variable ${variable} is not set; the deployment sets it.`, { variable });
  }
}

/** A setting's value. @throws MissingSettingError where the deployment left it out. */
export function setting(name: Setting, environment: NodeJS.ProcessEnv = process.env): string {
  const variable = ENVIRONMENT[name];
  const value = environment[variable];
  if (value === undefined || value === "") throw new MissingSettingError(variable);
  return value;
}
