import { CfnOutput, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { CfnDatabase } from "aws-cdk-lib/aws-glue";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { acknowledge } from "../acknowledgements.ts";
import type { GivenResources } from "../given.ts";
import type { Settings } from "../settings.ts";
import { type DatabaseAccess, SegmentDatabase } from "../workflow/databaseCluster.ts";
import { DeliveryStream } from "./deliveryStream.ts";
import { LakeStorage } from "./lakeStorage.ts";

/** What holds data, for those who work on it. */
export interface LakeParts {
  readonly storage: LakeStorage;
  readonly glueDatabaseName: string;
  /** Undefined: segments stay in the bucket. */
  readonly database: DatabaseAccess | undefined;
  /** Undefined: no stream. */
  readonly streamName: string | undefined;
}

/** Makes everything that holds data, in a stack or in a part of one. */
export function createLake(scope: Construct, settings: Settings, given: GivenResources = {}): LakeParts {
  const removalPolicy =
    // A creation that is rolled back leaves nothing that the next one would collide with.
    settings.removalPolicy === "destroy" ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  const storage = new LakeStorage(scope, "Storage", {
    environment: settings.environment,
    removalPolicy,
    incomingDays: settings.incomingDays,
    curatedDays: settings.curatedDays,
    bucketName: settings.lakeBucket,
    kmsKeyArn: settings.kmsKeyArn,
    bucket: given.bucket,
    key: given.encryptionKey,
  });
  const glueDatabaseName = `rfm_${settings.environment.replaceAll("-", "_")}`;
  const catalog = new CfnDatabase(scope, "Catalog", {
    catalogId: Stack.of(scope).account,
    databaseInput: { name: glueDatabaseName, description: `Customer segmentation ${settings.environment}` },
  });
  catalog.applyRemovalPolicy(removalPolicy);
  const { bucket, key } = storage;
  const logRetention = settings.logRetentionDays as RetentionDays;
  const database =
    settings.segmentDatabase === "aurora"
      ? new SegmentDatabase(scope, "Database", {
          bucket,
          key,
          vpc: given.vpc,
          maxCapacityUnits: settings.databaseMaxCapacityUnits,
          pauseMinutes: settings.databasePauseMinutes,
          removalPolicy,
          logRetention,
          deletionProtection: settings.removalPolicy === "retain",
        }).access
      : undefined;
  // Here and not beside the schedule: it holds minutes of records, and producers must not lose it with the workflow.
  const stream =
    settings.stream === "on"
      ? new DeliveryStream(scope, "Stream", {
          environment: settings.environment,
          bucket,
          key,
          bufferSeconds: settings.streamBufferSeconds,
          bufferMegabytes: settings.streamBufferMegabytes,
          logRetention,
        })
      : undefined;
  const cleaner = Stack.of(scope).node.tryFindChild("Custom::S3AutoDeleteObjectsCustomResourceProvider");
  if (cleaner !== undefined) acknowledge(cleaner, "AutoDelete");
  return { storage, glueDatabaseName, database, streamName: stream?.name };
}

export interface LakeStackProps extends StackProps {
  readonly settings: Settings;
}

/**
 * Everything that holds data: the bucket and its key, the database, and the Glue database, in which Iceberg keeps the
 * addresses of its tables. It changes seldom and survives the other stack, which can be destroyed and deployed again.
 */
export class LakeStack extends Stack {
  readonly parts: LakeParts;

  constructor(scope: Construct, id: string, { settings, ...props }: LakeStackProps) {
    super(scope, id, props);
    this.parts = createLake(this, settings);
    const { database, storage, streamName } = this.parts;
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    if (database !== undefined) {
      output("DatabaseCluster", database.clusterArn, "Segment database, for the Data API");
      output("DatabaseSecret", database.secretArn, "Its password, in Secrets Manager");
    }
    if (streamName !== undefined) output("StreamName", streamName, "Firehose delivery stream: put JSON records to it");
    const { bucketName } = storage.bucket;
    output("LakeBucket", bucketName, "The lake");
    output("Drop", `aws s3 cp FILE s3://${bucketName}/incoming/`, "Starts a segmentation");
  }
}
