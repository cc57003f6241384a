import { fileURLToPath } from "node:url";
import { ArnFormat, RemovalPolicy, Stack } from "aws-cdk-lib";
import { EventBus, type EventPattern } from "aws-cdk-lib/aws-events";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { SegmentationFunctions } from "./functions.ts";

export interface SegmentationWorkflowProps {
  readonly environment: string;
  readonly functions: SegmentationFunctions;
  readonly bucket: IBucket;
  readonly key: IKey;
  readonly databaseName: string;
  readonly workGroupName: string;
  readonly workGroupArn: string;
  /** Failures are published here, with their reason. */
  readonly topic: ITopic;
  readonly logRetention: RetentionDays;
}

const DEFINITION = fileURLToPath(new URL("../../workflow/segmentation.asl.json", import.meta.url));

/** Zones that Athena reads and writes: raw rows and reconciliations, tables, results, the history an attempt saw. */
const ATHENA_ZONES = ["raw/*", "processed/*", "curated/*", "attempts/*", "athena-results/*"];

/** Name of the machine; its ARN is needed before it exists. */
export const stateMachineName = (environment: string): string => `rfm-${environment}-segmentation`;

/** ARN of a machine of this account. */
export function stateMachineArn(stack: Stack, resourceName: string): string {
  return stack.formatArn({
    service: "states",
    resource: "stateMachine",
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** ARNs of the executions of a machine whose names begin so; those that a stream starts begin with `stream-`. */
export function executionArns(stack: Stack, machineName: string, beginning = ""): string {
  return stack.formatArn({
    service: "states",
    resource: "execution",
    resourceName: `${machineName}:${beginning}*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The events of published runs on the machine's bus. */
export const publishedRuns = (scope: Construct): EventPattern => ({
  source: ["rfm-segmentation"],
  detailType: ["Segmentation published"],
  account: [Stack.of(scope).account],
});

/** The state machine of `segmentation.asl.json`, and a bus on which it says that a run is published. */
export class SegmentationWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly eventBus: EventBus;

  constructor(scope: Construct, id: string, props: SegmentationWorkflowProps) {
    super(scope, id);
    const { environment, functions } = props;
    this.eventBus = new EventBus(this, "EventBus", {
      eventBusName: `rfm-${environment}`,
      description: `Customer segmentation ${environment}: "Segmentation published"`,
    });
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("states.amazonaws.com"),
      description: "Segmentation state machine",
    });
    for (const statement of workflowStatements(this, this.eventBus, props)) role.addToPolicy(statement);
    this.stateMachine = new StateMachine(this, "StateMachine", {
      stateMachineName: stateMachineName(environment),
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(DEFINITION),
      definitionSubstitutions: {
        ...functions.substitutions(),
        AthenaWorkGroup: props.workGroupName,
        GlueDatabase: props.databaseName,
        EventBusName: this.eventBus.eventBusName,
        FailureTopicArn: props.topic.topicArn,
      },
      role,
      tracingEnabled: true,
      logs: {
        // Step Functions adds a prefix of its own to longer resource policies; names under /aws/vendedlogs need none.
        destination: new LogGroup(this, "Log", {
          logGroupName: `/aws/vendedlogs/states/${stateMachineName(environment)}`,
          retention: props.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // Inputs and outputs may name customers; they stay in the history of the execution.
        includeExecutionData: false,
      },
    });
  }
}

function workflowStatements(scope: Construct, bus: EventBus, props: SegmentationWorkflowProps): PolicyStatement[] {
  const { functions, bucket, key, topic } = props;
  const stack = Stack.of(scope);
  return [
    new PolicyStatement({
      actions: ["lambda:InvokeFunction"],
      resources: Object.values(functions.substitutions()),
    }),
    ...athenaStatements(stack, props),
    ...distributedMapStatements(stack, stateMachineName(props.environment)),
    new PolicyStatement({ actions: ["events:PutEvents"], resources: [bus.eventBusArn] }),
    new PolicyStatement({ actions: ["sns:Publish"], resources: [topic.topicArn] }),
    new PolicyStatement({
      actions: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      resources: ATHENA_ZONES.map((zone) => bucket.arnForObjects(zone)),
    }),
    // Iceberg replaces its own metadata and data files.
    new PolicyStatement({ actions: ["s3:DeleteObject"], resources: [bucket.arnForObjects("processed/*")] }),
    new PolicyStatement({
      actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      resources: [bucket.bucketArn],
    }),
    new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] }),
  ];
}

function athenaStatements(stack: Stack, { workGroupArn, databaseName }: SegmentationWorkflowProps): PolicyStatement[] {
  const glue = (resource: string, resourceName?: string): string =>
    stack.formatArn({ service: "glue", resource, ...(resourceName === undefined ? {} : { resourceName }) });
  const catalog = stack.formatArn({ service: "athena", resource: "datacatalog", resourceName: "AwsDataCatalog" });
  return [
    new PolicyStatement({
      actions: ["athena:StartQueryExecution", "athena:GetQueryExecution", "athena:StopQueryExecution"],
      resources: [workGroupArn],
    }),
    new PolicyStatement({ actions: ["athena:GetDataCatalog"], resources: [catalog] }),
    // Iceberg keeps the address of a table's newest metadata in Glue, so every INSERT updates the table; `rejects` is a
    // view.
    new PolicyStatement({
      actions: [
        "glue:GetDatabase",
        "glue:GetTable",
        "glue:GetTables",
        "glue:GetPartitions",
        "glue:CreateTable",
        "glue:UpdateTable",
      ],
      resources: [glue("catalog"), glue("database", databaseName), glue("table", `${databaseName}/*`)],
    }),
    // Athena looks up the database `default` before it runs DDL in each region (Athena's user guide).
    new PolicyStatement({
      actions: ["glue:GetDatabase", "glue:GetTables"],
      resources: [glue("catalog"), glue("database", "default")],
    }),
  ];
}

/** A distributed Map runs its children as executions of the same machine. */
export function distributedMapStatements(stack: Stack, name: string): PolicyStatement[] {
  const runs = (resource: string): string =>
    stack.formatArn({
      service: "states",
      resource,
      resourceName: `${name}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return [
    new PolicyStatement({ actions: ["states:StartExecution"], resources: [stateMachineArn(stack, name)] }),
    // Of a Map run: its children are executions, and a redrive of the parent redrives it.
    new PolicyStatement({
      actions: ["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"],
      resources: [runs("execution")],
    }),
  ];
}
