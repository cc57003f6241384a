import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import { Alias, type IFunction, type IVersion, type Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { LakeParts } from "../lake/lakeStack.ts";
import type { Settings } from "../settings.ts";
import type { FunctionName } from "../workflow/functionSpecs.ts";
import { SegmentationFunctions } from "../workflow/functions.ts";
import { stateMachineArn } from "../workflow/segmentationWorkflow.ts";
import { ApiOperations } from "./apiOperations.ts";
import { ScoringApi } from "./scoringApi.ts";
import { ScoringWorkflow, scoringMachineName } from "./scoringWorkflow.ts";

export interface ApiRequest {
  readonly settings: Settings;
  readonly lake: LakeParts;
  /** Gets alarms. */
  readonly topic: ITopic;
  /** Folder of each function's code. */
  readonly codeDirectories: Readonly<Record<FunctionName, string>>;
  readonly codeVersion: string;
}

/** What answers those who call. */
export interface ApiParts {
  readonly api: RestApi;
  /** For the policies of those who may call: execute-api:Invoke on this. */
  readonly invokeArn: string;
}

/** Makes the scoring API and the machine of score jobs, in a stack or in a part of one. */
export function createApi(scope: Construct, request: ApiRequest): ApiParts {
  const { settings, lake, topic, codeDirectories, codeVersion } = request;
  const { environment } = settings;
  const logRetention = settings.logRetentionDays as RetentionDays;
  const corsOrigins = settings.apiCorsOrigins?.split(",");
  const functions = new SegmentationFunctions(scope, "Functions", {
    environment,
    stack: "api",
    bucket: lake.storage.bucket,
    key: lake.storage.key,
    database: lake.database,
    codeDirectories,
    codeVersion,
    mapConcurrency: settings.mapConcurrency,
    stateMachineArn: stateMachineArn(Stack.of(scope), scoringMachineName(environment)),
    logRetention,
    memoryMegabytes: { "score-job": settings.workerMemoryMegabytes },
    ...(corsOrigins === undefined ? {} : { corsOrigins }),
  });
  const { stateMachine } = new ScoringWorkflow(scope, "Workflow", { environment, functions, logRetention });
  const { api, accessLog } = new ScoringApi(scope, "Gateway", {
    environment,
    handler: keptWarm(functions.byName.api, settings.apiProvisionedConcurrency),
    auth: settings.apiAuth,
    requestsPerSecond: settings.apiRequestsPerSecond,
    burst: settings.apiBurst,
    corsOrigins: corsOrigins ?? [],
    hasWebAcl: settings.apiWaf === "on",
    logRetention,
  });
  new ApiOperations(scope, "Operations", { environment, api, accessLog, functions, stateMachine, topic });
  return { api, invokeArn: api.arnForExecuteApi("*", "/*", api.deploymentStage.stageName) };
}

export type ApiStackProps = StackProps & ApiRequest;

/**
 * The scoring API and the machine of score jobs. A stack of its own: what strangers may reach can be left out
 * (`api=off`), taken away and rolled back without touching the segmentation, and the segmentation without touching
 * those who call.
 */
export class ApiStack extends Stack {
  readonly parts: ApiParts;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    this.parts = createApi(this, props);
    new CfnOutput(this, "InvokeArn", {
      value: this.parts.invokeArn,
      description: "For the policies of those who may call: execute-api:Invoke on this",
    });
  }
}

/** The function itself, or its newest version with containers that wait. */
function keptWarm(lambda: LambdaFunction, containers: number): IFunction {
  if (containers === 0) return lambda as IFunction;
  return new Alias(lambda, "Live", {
    aliasName: "live",
    version: lambda.currentVersion as IVersion,
    provisionedConcurrentExecutions: containers,
  }) as IFunction;
}
