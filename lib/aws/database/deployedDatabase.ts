import { RDSDataClient } from "@aws-sdk/client-rds-data";
import type { SegmentDatabase } from "../../ports.ts";
import { readMigrations } from "../../postgres/migrations.ts";
import { setting } from "../functions/environment.ts";
import { traced } from "../functions/telemetry.ts";
import { type DataApi, type DataApiOptions, openDataApi } from "./dataApi.ts";
import { openDataApiDatabase } from "./dataApiDatabase.ts";
import { noSegmentDatabase } from "./noDatabase.ts";

/** The segment database of this deployment, from the function's environment: Aurora, or none. */
export function deployedDatabase(): SegmentDatabase {
  const api = deployedDataApi();
  if (api === undefined) return noSegmentDatabase();
  return openDataApiDatabase({ api, region: process.env.AWS_REGION as string, migrations: () => readMigrations() });
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
