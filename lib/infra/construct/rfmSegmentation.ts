import { Tags } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import type { EventBus } from "aws-cdk-lib/aws-events";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import cdk from "../../../cdk.json" with { type: "json" };
import { createApi } from "../api/apiStack.ts";
import { createLake } from "../lake/lakeStack.ts";
import type { DatabaseAccess } from "../workflow/databaseCluster.ts";
import { createWorkflow } from "../workflow/workflowStack.ts";
import { packagedCode } from "./packagedCode.ts";
import { type RfmSegmentationProps, settingsOf } from "./props.ts";

/**
 * Customer segmentation by recency, frequency and monetary value, in a stack of yours: a bucket to which files of
 * transactions are uploaded (`incoming/`), the state machine that segments all customers with each of them, tables for
 * Athena and BI, a PostgreSQL database, a scoring API, alarms.
 *
 *     const segmentation = new RfmSegmentation(this, "Segmentation", { database: false, alarmTopic });
 *     segmentation.bucket.grantPut(shop, "incoming/*");
 *
 * The code of the functions comes with the package. For the one that reads files npm brings DuckDB for AWS Lambda when
 * the app is synthesized the first time.
 */
export class RfmSegmentation extends Construct {
  /** The lake. A file under `incoming/` starts a run. */
  readonly bucket: IBucket;
  readonly encryptionKey: IKey;
  /** Gets every failure and alarm. */
  readonly alarmTopic: ITopic;
  /** The segmentation workflow. */
  readonly stateMachine: IStateMachine;
  /** Gets "Segmentation published". */
  readonly eventBus: EventBus;
  /** Athena's workgroup, with the saved queries. */
  readonly workGroupName: string;
  /** The database of the tables in the Glue catalog. */
  readonly glueDatabaseName: string;
  /** How to reach the segment database by the Data API; undefined where there is none. */
  readonly database: DatabaseAccess | undefined;
  /** The scoring API; undefined where there is none. */
  readonly api: RestApi | undefined;
  /** For the policies of those who may call the API: `execute-api:Invoke` on this. */
  readonly apiInvokeArn: string | undefined;
  /** Firehose delivery stream for JSON records; undefined where there is none. */
  readonly streamName: string | undefined;

  /** @throws SettingsError naming each wrong prop; BindingError where npm cannot bring DuckDB. */
  constructor(scope: Construct, id: string, props: RfmSegmentationProps = {}) {
    super(scope, id);
    // The flags that the resources are written for, whatever those of the app are: it may be older than they.
    for (const [flag, value] of Object.entries(cdk.context)) this.node.setContext(flag, value);
    const settings = settingsOf(props);
    const code = packagedCode();
    const lake = createLake(new Construct(this, "Lake"), settings, props);
    const { topic, workflow, workGroupName } = createWorkflow(new Construct(this, "Workflow"), {
      settings,
      lake,
      ...code,
      given: props,
    });
    const api =
      settings.api === "off" ? undefined : createApi(new Construct(this, "Api"), { settings, lake, topic, ...code });
    Tags.of(this).add("application", "rfm-segmentation");
    Tags.of(this).add("environment", settings.environment);
    this.bucket = lake.storage.bucket;
    this.encryptionKey = lake.storage.key;
    this.alarmTopic = topic;
    this.stateMachine = workflow.stateMachine;
    this.eventBus = workflow.eventBus;
    this.workGroupName = workGroupName;
    this.glueDatabaseName = lake.glueDatabaseName;
    this.database = lake.database;
    this.api = api?.api;
    this.apiInvokeArn = api?.invokeArn;
    this.streamName = lake.streamName;
  }
}
