import { CfnOutput, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { CfnDatabase } from "aws-cdk-lib/aws-glue";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { acknowledge } from "../acknowledgements.ts";
import type { Settings } from "../settings.ts";
import { type DatabaseAccess, SegmentDatabase } from "../workflow/databaseCluster.ts";
import { DeliveryStream } from "./deliveryStream.ts";
import { LakeStorage } from "./lakeStorage.ts";

export interface LakeStackProps extends StackProps {
  readonly settings: Settings;
}

/**
 * Everything that holds data: the bucket and its key, the database, and the Glue database, in which Iceberg keeps the
 * addresses of its tables. It changes seldom and survives the other stack, which can be destroyed and deployed again.
 */
export class LakeStack extends Stack {
  readonly storage: LakeStorage;
  readonly glueDatabaseName: string;
  readonly database: DatabaseAccess | undefined;

  constructor(scope: Construct, id: string, { settings, ...props }: LakeStackProps) {
    super(scope, id, props);
    const removalPolicy = settings.removalPolicy === "destroy" ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
    this.storage = new LakeStorage(this, "Storage", {
      environment: settings.environment,
      removalPolicy,
      incomingDays: settings.incomingDays,
      curatedDays: settings.curatedDays,
      bucketName: settings.lakeBucket,
      kmsKeyArn: settings.kmsKeyArn,
    });
    this.glueDatabaseName = `rfm_${settings.environment.replaceAll("-", "_")}`;
    const catalog = new CfnDatabase(this, "Catalog", {
      catalogId: this.account,
      databaseInput: { name: this.glueDatabaseName, description: `Customer segmentation ${settings.environment}` },
    });
    catalog.applyRemovalPolicy(removalPolicy);
    if (settings.segmentDatabase === "aurora") this.database = this.createDatabase(settings, removalPolicy);
    if (settings.stream === "on") this.createStream(settings);
    const cleaner = this.node.tryFindChild("Custom::S3AutoDeleteObjectsCustomResourceProvider");
    if (cleaner !== undefined) acknowledge(cleaner, "AutoDelete");
    const { bucketName } = this.storage.bucket;
    new CfnOutput(this, "LakeBucket", { value: bucketName, description: "The lake" });
    new CfnOutput(this, "Drop", {
      value: `aws s3 cp FILE s3://${bucketName}/incoming/`,
      description: "Starts a segmentation",
    });
  }

  /** Here and not beside the schedule: it holds minutes of records, and producers must not lose it with the workflow. */
  private createStream(settings: Settings): void {
    const { name } = new DeliveryStream(this, "Stream", {
      environment: settings.environment,
      bucket: this.storage.bucket,
      key: this.storage.key,
      bufferSeconds: settings.streamBufferSeconds,
      bufferMegabytes: settings.streamBufferMegabytes,
      logRetention: settings.logRetentionDays as RetentionDays,
    });
    new CfnOutput(this, "StreamName", { value: name, description: "Firehose delivery stream: put JSON records to it" });
  }

  private createDatabase(settings: Settings, removalPolicy: RemovalPolicy): DatabaseAccess {
    const { access } = new SegmentDatabase(this, "Database", {
      bucket: this.storage.bucket,
      key: this.storage.key,
      maxCapacityUnits: settings.databaseMaxCapacityUnits,
      pauseMinutes: settings.databasePauseMinutes,
      removalPolicy,
      logRetention: settings.logRetentionDays as RetentionDays,
      deletionProtection: settings.removalPolicy === "retain",
    });
    new CfnOutput(this, "DatabaseCluster", {
      value: access.clusterArn,
      description: "Segment database, for the Data API",
    });
    new CfnOutput(this, "DatabaseSecret", { value: access.secretArn, description: "Its password, in Secrets Manager" });
    return access;
  }
}
