import { ArnFormat, Duration, RemovalPolicy, Size, Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { ENVIRONMENT, type Setting } from "../../aws/functions/environment.ts";
import type { DatabaseAccess } from "./databaseCluster.ts";
import { type FunctionName, type FunctionSpec, functionsOfStack, specOf } from "./functionSpecs.ts";
import { lakeStatements } from "./lakeStatements.ts";

export interface SegmentationFunctionsProps {
  readonly environment: string;
  /** Whose functions. */
  readonly stack: "workflow" | "api";
  readonly bucket: IBucket;
  readonly key: IKey;
  /** Undefined: segments stay in the bucket. */
  readonly database: DatabaseAccess | undefined;
  /** Folder of each function's code. */
  readonly codeDirectories: Readonly<Record<FunctionName, string>>;
  readonly codeVersion: string;
  readonly mapConcurrency: number;
  /** ARN of the stack's state machine, which does not exist yet. */
  readonly stateMachineArn: string;
  /** The workgroup of the machine's statements; absent where it runs none. */
  readonly workGroupArn?: string;
  /** ARNs of the machine's executions, of which take-turn asks how they stand; absent where none takes turns. */
  readonly executions?: string;
  /** ARNs of the executions that a stream starts, of which start-run asks how they stand. Absent: no stream. */
  readonly streamExecutions?: string | undefined;
  /** Origins whose pages may call the API; default none. */
  readonly corsOrigins?: readonly string[];
  readonly logRetention: RetentionDays;
  /** The MLflow server that hears of published runs, and the secret with what it asks for. Default: none. */
  readonly mlflow?: { readonly trackingUri: string; readonly secretName: string | undefined };
  /** Memory set by hand, in megabytes. */
  readonly memoryMegabytes: Partial<Record<FunctionName, number>>;
}

/** Every Lambda function of a stack, each with its own role and log group. */
export class SegmentationFunctions extends Construct {
  readonly byName: Readonly<Record<FunctionName, LambdaFunction>>;

  constructor(scope: Construct, id: string, props: SegmentationFunctionsProps) {
    super(scope, id);
    const names = functionsOfStack(props.stack).filter((name) =>
      name === "migrate-database"
        ? props.database !== undefined
        : specOf(name).logsModels !== true || props.mlflow !== undefined,
    );
    this.byName = Object.fromEntries(names.map((name) => [name, createFunction(this, name, props)])) as Record<
      FunctionName,
      LambdaFunction
    >;
  }

  /** `${IngestFunctionArn}` and the like of the stack's state machine: all that it calls. */
  substitutions(): Record<string, string> {
    const states = Object.entries(this.byName).filter(([name]) => specOf(name as FunctionName).state !== undefined);
    return Object.fromEntries(
      states.map(([name, lambda]) => [`${specOf(name as FunctionName).state}FunctionArn`, lambda.functionArn]),
    );
  }
}

function createFunction(scope: Construct, name: FunctionName, props: SegmentationFunctionsProps): LambdaFunction {
  const spec = specOf(name);
  const parent = new Construct(scope, name);
  const logGroup = new LogGroup(parent, "Log", { retention: props.logRetention, removalPolicy: RemovalPolicy.DESTROY });
  const role = new Role(parent, "Role", {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    description: spec.description,
  });
  for (const statement of [...statementsOf(spec, props), ...secretStatements(parent, spec, props)])
    role.addToPolicy(statement);
  role.addToPolicy(
    new PolicyStatement({ actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [logGroup.logGroupArn] }),
  );
  const lambda = new LambdaFunction(parent, "Function", {
    description: `Customer segmentation ${props.environment}: ${spec.description}`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: "index.handler",
    code: Code.fromAsset(props.codeDirectories[name]),
    memorySize: props.memoryMegabytes[name] ?? spec.memoryMegabytes,
    timeout: Duration.seconds(spec.timeoutSeconds),
    ...(spec.scratchMegabytes === undefined ? {} : { ephemeralStorageSize: Size.mebibytes(spec.scratchMegabytes) }),
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    // Adds the two actions of X-Ray to the role.
    tracing: Tracing.ACTIVE,
    environment: {
      ...environmentOf(spec, props),
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(props.environment),
    },
    ...asyncSettings(spec),
  });
  return lambda;
}

/** For events that nobody waits for. Steps are called and retried by the state machine, which knows why they failed. */
function asyncSettings(spec: FunctionSpec): { retryAttempts?: number; maxEventAge?: Duration } {
  if (spec.startsRuns === true || spec.logsModels === true) return { retryAttempts: 2, maxEventAge: Duration.hours(6) };
  return spec.state === undefined && spec.stack !== "api" ? { retryAttempts: 0 } : {};
}

/** CloudWatch namespace of the functions' own metrics. */
export const metricsNamespace = (environment: string): string => `RfmSegmentation/${environment}`;

function environmentOf(spec: FunctionSpec, props: SegmentationFunctionsProps): Record<string, string> {
  const { database } = props;
  const usesLake = spec.lake.reads.length + spec.lake.writes.length + spec.lake.lists.length > 0;
  const settings: Partial<Record<Setting, string>> = {
    ...(usesLake ? { lakeBucket: props.bucket.bucketName, codeVersion: props.codeVersion } : {}),
    ...(STATES_THAT_DEAL.has(spec.state ?? "") ? { mapConcurrency: String(props.mapConcurrency) } : {}),
    ...(spec.startsRuns === true
      ? { stateMachineArn: props.stateMachineArn, stream: props.streamExecutions === undefined ? "off" : "on" }
      : {}),
    ...(spec.asksForRuns === true ? { stateMachineArn: props.stateMachineArn } : {}),
    ...(spec.startsScoreJobs === true
      ? { scoringMachineArn: props.stateMachineArn, apiOrigins: props.corsOrigins?.join(",") ?? "none" }
      : {}),
    ...(spec.logsModels === true && props.mlflow !== undefined
      ? { mlflowTrackingUri: props.mlflow.trackingUri, mlflowSecret: props.mlflow.secretName ?? "none" }
      : {}),
    ...(spec.usesDatabase === true ? { databaseCluster: database?.clusterArn ?? "none" } : {}),
    ...(spec.usesDatabase === true && database !== undefined
      ? { databaseSecret: database.secretArn, databaseName: database.databaseName }
      : {}),
  };
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [ENVIRONMENT[name as Setting], value]));
}

/** These say how many shards are worked on at once. */
const STATES_THAT_DEAL: ReadonlySet<string> = new Set(["PlanClustering", "ScoreJob"]);

/** Secrets Manager adds a hyphen and six characters to a secret's name. */
function secretStatements(scope: Construct, spec: FunctionSpec, { mlflow }: SegmentationFunctionsProps) {
  if (spec.logsModels !== true || mlflow?.secretName === undefined) return [];
  const secret = Stack.of(scope).formatArn({
    ...{ service: "secretsmanager", resource: "secret", resourceName: `${mlflow.secretName}-??????` },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [secret] })];
}

/** What a function may do, from what its spec says it does. */
function statementsOf(spec: FunctionSpec, props: SegmentationFunctionsProps): PolicyStatement[] {
  const { database, key } = props;
  const statements = lakeStatements(spec.lake, props.bucket);
  const keyActions = [
    ...(spec.lake.reads.length + spec.lake.writes.length > 0 ? ["kms:Decrypt"] : []),
    ...(spec.lake.writes.length > 0 ? ["kms:GenerateDataKey"] : []),
  ];
  if (spec.usesDatabase === true && database !== undefined) {
    // The API asks single questions; the steps work in transactions.
    const calls = spec.startsScoreJobs === true ? [] : ["BeginTransaction", "CommitTransaction", "RollbackTransaction"];
    statements.push(
      new PolicyStatement({
        actions: ["ExecuteStatement", ...calls].map((call) => `rds-data:${call}`),
        resources: [database.clusterArn],
      }),
      // The Data API reads the password on behalf of its caller.
      new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [database.secretArn] }),
    );
  }
  if (spec.asksForRuns === true && props.executions !== undefined) {
    statements.push(new PolicyStatement({ actions: ["states:DescribeExecution"], resources: [props.executions] }));
  }
  if (spec.stopsQueries === true && props.workGroupArn !== undefined) {
    statements.push(new PolicyStatement({ actions: ["athena:StopQueryExecution"], resources: [props.workGroupArn] }));
  }
  if (spec.startsRuns === true || spec.startsScoreJobs === true) {
    statements.push(new PolicyStatement({ actions: ["states:StartExecution"], resources: [props.stateMachineArn] }));
  }
  if (spec.startsRuns === true && props.streamExecutions !== undefined) {
    statements.push(
      new PolicyStatement({ actions: ["states:DescribeExecution"], resources: [props.streamExecutions] }),
    );
  }
  if (keyActions.length > 0) statements.push(new PolicyStatement({ actions: keyActions, resources: [key.keyArn] }));
  return statements;
}
