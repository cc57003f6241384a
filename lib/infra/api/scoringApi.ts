import { CfnOutput, Duration, RemovalPolicy, type Stack } from "aws-cdk-lib";
import {
  AccessLogField,
  AccessLogFormat,
  ApiKeySourceType,
  AuthorizationType,
  Cors,
  type CorsOptions,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type MethodOptions,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { OPERATIONS, type Operation } from "../../api/operations.ts";
import { acknowledge } from "../acknowledgements.ts";
import { addGatewayProblems } from "./gatewayProblems.ts";
import { requestModel } from "./requestModels.ts";
import { addWebAcl } from "./webAcl.ts";

export interface ScoringApiProps {
  readonly environment: string;
  /** Answers every request. */
  readonly handler: IFunction;
  /** iam: signed requests. key: an API key of the usage plan. */
  readonly auth: "iam" | "key";
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Origins whose pages may call; none for no CORS at all. */
  readonly corsOrigins: readonly string[];
  readonly hasWebAcl: boolean;
  readonly logRetention: RetentionDays;
}

/** As long as API Gateway waits without a quota raised for it. */
const TIMEOUT = Duration.seconds(29);
const STAGE = "v1";

/**
 * A REST API over the service: one method per operation of `lib/api/operations.ts`, and no other. Not an HTTP API: that
 * one checks no bodies, knows no API keys and no WAF, and hands paths over decoded, so that an id with a slash would be
 * lost.
 */
export class ScoringApi extends Construct {
  readonly api: RestApi;
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, props: ScoringApiProps) {
    super(scope, id);
    this.accessLog = new LogGroup(this, "AccessLog", {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api = createRestApi(this, this.accessLog, props);
    addGatewayProblems(this.api, props.corsOrigins);
    addOperations(this.api, props);
    if (props.auth === "key") addUsagePlan(this.api, props);
    if (props.hasWebAcl) addWebAcl(this, this.api.deploymentStage.stageArn);
    else acknowledge(this.api, "WithoutWebAcl");
    acknowledge(this.api, "ApiLogRole");
    acknowledge(this.api, props.auth === "iam" ? "ApiOfSignedRequests" : "ApiOfKeys");
  }
}

function createRestApi(scope: Construct, accessLog: LogGroup, props: ScoringApiProps): RestApi {
  return new RestApi(scope, "Api", {
    restApiName: `rfm-${props.environment}-scoring`,
    description: `Customer segmentation ${props.environment}: scores, segments, models, score jobs`,
    endpointTypes: [EndpointType.REGIONAL],
    // One role per account and region writes the logs of all APIs: it stays when this stack goes.
    cloudWatchRole: true,
    cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
    apiKeySourceType: ApiKeySourceType.HEADER,
    defaultMethodOptions: {
      authorizationType: props.auth === "iam" ? AuthorizationType.IAM : AuthorizationType.NONE,
      apiKeyRequired: props.auth === "key",
    },
    ...(props.corsOrigins.length === 0 ? {} : { defaultCorsPreflightOptions: corsOptions(props.corsOrigins) }),
    deployOptions: {
      stageName: STAGE,
      tracingEnabled: true,
      throttlingRateLimit: props.requestsPerSecond,
      throttlingBurstLimit: props.burst,
      accessLogDestination: new LogGroupLogDestination(accessLog),
      accessLogFormat: accessLogFormat(),
      // Faults of the gateway itself; never bodies.
      loggingLevel: MethodLoggingLevel.ERROR,
      dataTraceEnabled: false,
    },
  });
}

function corsOptions(origins: readonly string[]): CorsOptions {
  return {
    allowOrigins: [...origins],
    allowMethods: ["GET", "POST"],
    allowHeaders: [...Cors.DEFAULT_HEADERS, "x-correlation-id"],
    maxAge: Duration.hours(1),
  };
}

/** Who asked what and how it went. The path's template, not the path: that names customers. */
function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      requestId: AccessLogField.contextRequestId(),
      traceId: AccessLogField.contextXrayTraceId(),
      time: AccessLogField.contextRequestTimeEpoch(),
      caller: AccessLogField.contextIdentityUserArn(),
      keyId: AccessLogField.contextIdentityApiKeyId(),
      sourceIp: AccessLogField.contextIdentitySourceIp(),
      method: AccessLogField.contextHttpMethod(),
      resource: AccessLogField.contextResourcePath(),
      status: AccessLogField.contextStatus(),
      error: AccessLogField.contextErrorResponseType(),
      latencyMs: AccessLogField.contextResponseLatency(),
      integrationLatencyMs: AccessLogField.contextIntegrationLatency(),
      responseBytes: AccessLogField.contextResponseLength(),
    }),
  );
}

function addOperations(api: RestApi, { handler }: ScoringApiProps): void {
  // One permission for the whole API instead of two per method: a function's policy has 20 KB.
  const integration = new LambdaIntegration(handler, { timeout: TIMEOUT, scopePermissionToMethod: false });
  const requestValidator = api.addRequestValidator("Validator", {
    validateRequestBody: true,
    validateRequestParameters: true,
  });
  for (const [id, operation] of Object.entries<Operation>(OPERATIONS)) {
    const requestModels = modelsOf(api, id, operation);
    const options: MethodOptions = { operationName: id, requestValidator, ...(requestModels && { requestModels }) };
    api.root.resourceForPath(operation.path).addMethod(operation.method.toUpperCase(), integration, options);
  }
}

/** Bodies that are JSON are checked; lines and CSV go to the service unseen. */
function modelsOf(api: RestApi, id: string, { body }: Operation): MethodOptions["requestModels"] {
  const schema = body?.["application/json"];
  if (schema === undefined) return undefined;
  const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}Body`;
  const model = api.addModel(name, {
    modelName: name,
    contentType: "application/json",
    schema: requestModel(schema),
  });
  return { "application/json": model };
}

/** One plan and one key to begin with; more keys are made in the console or by `aws apigateway create-api-key`. */
function addUsagePlan(api: RestApi, { environment, requestsPerSecond, burst }: ScoringApiProps): void {
  const plan = api.addUsagePlan("UsagePlan", {
    name: `rfm-${environment}-scoring`,
    throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
    apiStages: [{ stage: api.deploymentStage }],
  });
  const key = api.addApiKey("Key", { description: `Customer segmentation ${environment}: the first key` });
  plan.addApiKey(key);
  new CfnOutput(api.stack as Stack, "ApiKeyId", {
    value: key.keyId,
    description: "aws apigateway get-api-key --include-value --api-key …",
  });
}
