import { RDSDataClient } from "@aws-sdk/client-rds-data";
import type { PredictionTable, SegmentDatabase } from "../../ports.ts";
import { readMigrations } from "../../postgres/migrations.ts";
import { setting } from "../functions/environment.ts";
import { traced } from "../functions/telemetry.ts";
import { type DataApi, type DataApiOptions, openDataApi } from "./dataApi.ts";
import { openDataApiDatabase } from "./dataApiDatabase.ts";
import { openDataApiPredictions } from "./dataApiPredictions.ts";
import { noSegmentDatabase } from "./noDatabase.ts";

/** The segment database of this deployment, from the function's environment: Aurora, or none. */
export function deployedDatabase(): SegmentDatabase {
  const api = deployedDataApi();
  if (api === undefined) return noSegmentDatabase();
  return openDataApiDatabase({ api, region: process.env.AWS_REGION as string, migrations: () => readMigrations() });
}

/** Where score jobs load their predictions in this deployment; undefined where it has no database. */
export function deployedPredictions(): PredictionTable | undefined {
  const api = deployedDataApi();
  return api === undefined ? undefined : openDataApiPredictions({ api, region: process.env.AWS_REGION as string });
}

/** The Data API of the deployment's Aurora; undefined where it has none. */
export function deployedDataApi(options: Pick<DataApiOptions, "resumeTimeoutMs"> = {}): DataApi | undefined {
  const clusterArn = setting("databaseCluster");
  if (clusterArn === "none") return undefined;
  return openDataApi({
    client: traced(new RDSDataClient({ maxAttempts: 6 })),
    clusterArn,
    secretArn: setting("databaseSecret"),
    databaseName: setting("databaseName"),
    ...options,
  });
}
