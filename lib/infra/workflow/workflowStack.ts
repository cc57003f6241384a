import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CfnOutput, CustomResource, Duration, Stack, type StackProps } from "aws-cdk-lib";
import type { IEventBus } from "aws-cdk-lib/aws-events";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import type { GivenResources } from "../given.ts";
import { DataCatalog } from "../lake/dataCatalog.ts";
import { deliveryStreamName } from "../lake/deliveryStream.ts";
import { DropTrigger } from "../lake/deliveryTrigger.ts";
import type { LakeParts } from "../lake/lakeStack.ts";
import type { Settings } from "../settings.ts";
import type { FunctionName } from "./functionSpecs.ts";
import { SegmentationFunctions } from "./functions.ts";
import { ModelLog } from "./modelLog.ts";
import { Operations } from "./operations.ts";
import { RunWebhook } from "./runWebhook.ts";
import { executionArns, SegmentationWorkflow, stateMachineArn, stateMachineName } from "./segmentationWorkflow.ts";

/** What works on the lake, for those who look on or react. */
export interface WorkflowParts {
  /** Gets every failure and alarm. */
  readonly topic: ITopic;
  readonly workflow: SegmentationWorkflow;
  readonly functions: SegmentationFunctions;
  /** Athena's, with the saved queries. */
  readonly workGroupName: string;
}

export interface WorkflowRequest {
  readonly settings: Settings;
  readonly lake: LakeParts;
  /** Folder of each function's code. */
  readonly codeDirectories: Readonly<Record<FunctionName, string>>;
  readonly codeVersion: string;
  /** Folder of the database's migrations. */
  readonly migrationsDirectory: string;
  readonly given?: GivenResources;
}

const BYTES_PER_GIGABYTE = 1_000_000_000;

/** Makes everything that holds no data, in a stack or in a part of one. */
export function createWorkflow(scope: Construct, request: WorkflowRequest): WorkflowParts {
  const { settings, lake, codeDirectories, codeVersion, migrationsDirectory, given = {} } = request;
  const { environment } = settings;
  const { bucket, key } = lake.storage;
  const logRetention = settings.logRetentionDays as RetentionDays;
  const shared = { environment, bucket, key, logRetention };
  const topic = given.alarmTopic ?? createTopic(scope, settings, lake);
  const catalog = new DataCatalog(scope, "Catalog", {
    ...shared,
    databaseName: lake.glueDatabaseName,
    maxScannedBytes: settings.maxScannedGigabytesPerStatement * BYTES_PER_GIGABYTE,
  });
  const functions = new SegmentationFunctions(scope, "Functions", {
    ...shared,
    stack: "workflow",
    database: lake.database,
    codeDirectories,
    codeVersion,
    mapConcurrency: settings.mapConcurrency,
    workGroupArn: catalog.workGroupArn,
    executions: executionArns(Stack.of(scope), stateMachineName(environment)),
    stateMachineArn: stateMachineArn(Stack.of(scope), stateMachineName(environment)),
    streamExecutions:
      settings.stream === "on" ? executionArns(Stack.of(scope), stateMachineName(environment), "stream-") : undefined,
    ...(settings.mlflowTrackingUri === undefined
      ? {}
      : { mlflow: { trackingUri: settings.mlflowTrackingUri, secretName: settings.mlflowSecret } }),
    memoryMegabytes: {
      ingest: settings.ingestMemoryMegabytes,
      "fit-shard": settings.workerMemoryMegabytes,
      "score-shard": settings.workerMemoryMegabytes,
      "select-model": settings.selectMemoryMegabytes,
    },
  });
  if (lake.database !== undefined) migrateOnDeployment(scope, functions, migrationsDirectory);
  const { workGroupName, workGroupArn } = catalog;
  const workflow = new SegmentationWorkflow(scope, "Workflow", {
    ...shared,
    functions,
    databaseName: lake.glueDatabaseName,
    workGroupName,
    workGroupArn,
    topic,
  });
  if (settings.webhookSecret !== undefined)
    new RunWebhook(scope, "Webhook", { eventBus: workflow.eventBus as IEventBus, secretName: settings.webhookSecret });
  if (settings.mlflowTrackingUri !== undefined)
    new ModelLog(scope, "ModelLog", {
      eventBus: workflow.eventBus as IEventBus,
      logModel: functions.byName["log-model"],
    });
  const trigger = new DropTrigger(scope, "Trigger", {
    ...shared,
    startRun: functions.byName["start-run"],
    refreshSchedule: settings.refreshSchedule,
    streamMinutes: settings.stream === "on" ? settings.streamMinutes : undefined,
  });
  new Operations(scope, "Operations", {
    environment,
    stateMachine: workflow.stateMachine,
    functions,
    rule: trigger.rule,
    deadLetters: trigger.deadLetters,
    workGroupName,
    database: lake.database,
    topic,
    staleAfterDays: settings.staleAfterDays,
    rejectedPercent: settings.rejectedPercent,
    streamName: settings.stream === "on" ? deliveryStreamName(environment) : undefined,
  });
  return { topic, workflow, functions, workGroupName };
}

export type WorkflowStackProps = StackProps & Omit<WorkflowRequest, "given">;

/** Everything that holds no data: tables over the lake, functions, state machine, trigger, alarms. */
export class WorkflowStack extends Stack {
  readonly parts: WorkflowParts;

  constructor(scope: Construct, id: string, props: WorkflowStackProps) {
    super(scope, id, props);
    this.parts = createWorkflow(this, props);
    const { workflow, workGroupName } = this.parts;
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output("StateMachine", workflow.stateMachine.stateMachineArn, "The segmentation workflow");
    output("EventBus", workflow.eventBus.eventBusName, 'Gets "Segmentation published"');
    output("WorkGroup", workGroupName, "Athena workgroup with the saved queries");
  }
}

function createTopic(scope: Construct, settings: Settings, lake: LakeParts): ITopic {
  const topic = new Topic(scope, "Notifications", {
    displayName: `Customer segmentation ${settings.environment}`,
    masterKey: lake.storage.key,
    enforceSSL: true,
  });
  // The rule about TLS replaces the policy that every topic starts with, and with it the right of alarms to publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: "AlarmsOfThisAccount",
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  );
  if (settings.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
  return topic as ITopic;
}

/** Runs while the stack is deployed, each time that a migration is new. */
function migrateOnDeployment(scope: Construct, functions: SegmentationFunctions, directory: string): void {
  const digest = createHash("sha256");
  for (const name of readdirSync(directory).sort()) digest.update(name).update(readFileSync(join(directory, name)));
  const migrate = functions.byName["migrate-database"];
  const resource = new CustomResource(scope, "Migration", {
    resourceType: "Custom::DatabaseMigration",
    serviceToken: migrate.functionArn,
    serviceTimeout: Duration.minutes(15),
    properties: { migrations: digest.digest("hex") },
  });
  // Its role's policy is a resource of its own; without it the function could not act yet.
  resource.node.addDependency(migrate.role as never);
}
