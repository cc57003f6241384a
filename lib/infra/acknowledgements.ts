import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/**
 * Every finding of cdk-nag's AwsSolutions rules that we live with, and why. Nothing is acknowledged elsewhere; a test
 * holds that no other finding is left.
 */
export const ACKNOWLEDGEMENTS = {
  AccessLogBucket: {
    "AwsSolutions-S1": "This bucket holds the access log of the lake; logging the access to the log would never end.",
  },
  DatabaseCluster: {
    "AwsSolutions-RDS10":
      "Deletion protection follows the removalPolicy setting: on with retain (the default), off with destroy.",
    "AwsSolutions-RDS11":
      "The port is reachable from nowhere: the security group lets nothing in, and functions use the Data API over HTTPS.",
  },
  AutoDelete: {
    "AwsSolutions-IAM4": "CDK's own function that empties buckets under removalPolicy=destroy; its role is CDK's.",
    "AwsSolutions-L1": "CDK's own function that empties buckets under removalPolicy=destroy; its runtime is CDK's.",
  },
  ApiLogRole: {
    "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]":
      "API Gateway has one role per account and region for the logs of all its APIs, and AWS's own policy for it.",
  },
  ApiOfSignedRequests: {
    "AwsSolutions-COG4": "Requests are signed with AWS credentials (IAM); there is no user pool.",
  },
  ApiOfKeys: {
    "AwsSolutions-APIG4":
      "With apiAuth=key every method wants an API key of the usage plan; preflight requests carry none.",
    "AwsSolutions-COG4": "With apiAuth=key every method wants an API key of the usage plan; there is no user pool.",
  },
  WithoutWebAcl: {
    "AwsSolutions-APIG3":
      "AWS WAF costs 9 USD a month and is the setting apiWaf; unsigned requests are refused without it.",
  },
  DeadLetterQueue: {
    "AwsSolutions-SQS3": "This queue is the dead-letter queue.",
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** Acknowledges the findings of one construct (and those below it), with their reasons. */
export function acknowledge(construct: IConstruct, what: keyof typeof ACKNOWLEDGEMENTS): void {
  for (const [id, reason] of Object.entries(ACKNOWLEDGEMENTS[what]))
    Validations.of(construct).acknowledge({ id, reason });
}

export interface WildcardReason {
  /** What a resource with a wildcard ends with. */
  readonly ending: RegExp;
  readonly reason: string;
}

/**
 * Why a policy has a resource with a wildcard (AwsSolutions-IAM5). cdk-nag names such a finding by the resolved
 * resource, which holds names that only synthesis makes, so these are told by their ends.
 */
export const WILDCARD_RESOURCES: readonly WildcardReason[] = [
  {
    ending:
      /\/(incoming|ledger|raw|curated|attempts|models|erasures|published|references|reports|runs|staging|processed|config|athena-results|api|stream|stream\/errors|incoming\/stream|scoring\/(?:input|output|jobs))\/\*$/,
    reason: "Objects of one zone of our own bucket; their keys hold run ids and file names, known at run time only.",
  },
  {
    ending:
      /\/(attempts\/attempt=\*\/history_facts|raw\/ingest_id=\*\/(reconciliation|overlap)|processed\/versions)\/\*$/,
    reason: "What statements write of one attempt, which is removed before a statement is run again.",
  },
  {
    ending: /:table\/rfm_[a-z0-9_]+\/\*$/,
    reason: "Tables and views of our own Glue database; Iceberg makes and updates them.",
  },
  {
    ending: /:execution:rfm-[a-z0-9-]+-(segmentation|scoring)\/\*$/,
    reason: "Executions of this machine's own distributed Maps; their names are made at run time.",
  },
  {
    ending: /:execution:rfm-[a-z0-9-]+-segmentation:\*$/,
    reason: "Executions of the machine, of which a run asks whether they go on; their names hold a digest.",
  },
  {
    ending: /:execution:rfm-[a-z0-9-]+-segmentation:stream-\*$/,
    reason: "Executions that the stream's schedule started; their names hold a digest, known at run time only.",
  },
  {
    ending: /^\*$/,
    reason: "Actions that IAM knows no resources for; STAR_ACTIONS lists them.",
  },
];

/** The only actions allowed on `*`, each because IAM defines no resource for it. */
export const STAR_ACTIONS: Readonly<Record<string, string>> = {
  "xray:PutTraceSegments": "Traces belong to the account, not to a resource.",
  "xray:PutTelemetryRecords": "Traces belong to the account, not to a resource.",
  "xray:GetSamplingRules": "Sampling rules are the account's.",
  "xray:GetSamplingTargets": "Sampling rules are the account's.",
  "logs:CreateLogDelivery": "Deliveries of service logs have no ARN.",
  "logs:GetLogDelivery": "Deliveries of service logs have no ARN.",
  "logs:UpdateLogDelivery": "Deliveries of service logs have no ARN.",
  "logs:DeleteLogDelivery": "Deliveries of service logs have no ARN.",
  "logs:ListLogDeliveries": "Deliveries of service logs have no ARN.",
  "logs:PutResourcePolicy":
    "CloudWatch's resource policies are the account's; Step Functions adds the one that lets it deliver.",
  "logs:DescribeResourcePolicies": "CloudWatch's resource policies are the account's.",
  "logs:DescribeLogGroups": "Lists the groups of the account.",
};
