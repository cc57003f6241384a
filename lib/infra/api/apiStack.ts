import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { Alias, type IFunction, type IVersion, type Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { LakeStack } from "../lake/lakeStack.ts";
import type { Settings } from "../settings.ts";
import type { FunctionName } from "../workflow/functionSpecs.ts";
import { SegmentationFunctions } from "../workflow/functions.ts";
import { stateMachineArn } from "../workflow/segmentationWorkflow.ts";
import { ApiOperations } from "./apiOperations.ts";
import { ScoringApi } from "./scoringApi.ts";
import { ScoringWorkflow, scoringMachineName } from "./scoringWorkflow.ts";

export interface ApiStackProps extends StackProps {
  readonly settings: Settings;
  readonly lake: LakeStack;
  /** Gets alarms. */
  readonly topic: ITopic;
  /** Folder of each function's code. */
  readonly codeDirectories: Readonly<Record<FunctionName, string>>;
  readonly codeVersion: string;
}

/**
 * The scoring API and the machine of score jobs. A stack of its own: what strangers may reach can be left out (`api=off`), taken
 * away and rolled back without touching the segmentation, and the segmentation without touching those who call.
 */
export class ApiStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { settings, lake, topic, codeDirectories, codeVersion, ...props }: ApiStackProps,
  ) {
    super(scope, id, props);
    const { environment } = settings;
    const logRetention = settings.logRetentionDays as RetentionDays;
    const corsOrigins = settings.apiCorsOrigins?.split(",");
    const functions = new SegmentationFunctions(this, "Functions", {
      environment,
      stack: "api",
      bucket: lake.storage.bucket,
      key: lake.storage.key,
      database: lake.database,
      codeDirectories,
      codeVersion,
      mapConcurrency: settings.mapConcurrency,
      stateMachineArn: stateMachineArn(this, scoringMachineName(environment)),
      logRetention,
      memoryMegabytes: { "score-job": settings.workerMemoryMegabytes },
      ...(corsOrigins === undefined ? {} : { corsOrigins }),
    });
    const { stateMachine } = new ScoringWorkflow(this, "Workflow", { environment, functions, logRetention });
    const { api, accessLog } = new ScoringApi(this, "Gateway", {
      environment,
      handler: keptWarm(functions.byName.api, settings.apiProvisionedConcurrency),
      auth: settings.apiAuth,
      requestsPerSecond: settings.apiRequestsPerSecond,
      burst: settings.apiBurst,
      corsOrigins: corsOrigins ?? [],
      hasWebAcl: settings.apiWaf === "on",
      logRetention,
    });
    new ApiOperations(this, "Operations", { environment, api, accessLog, functions, stateMachine, topic });
    new CfnOutput(this, "InvokeArn", {
      value: api.arnForExecuteApi("*", "/*", api.deploymentStage.stageName),
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
