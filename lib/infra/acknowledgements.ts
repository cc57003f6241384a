import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/**
 * Every finding of cdk-nag's AwsSolutions rules that we live with, and why. Nothing is acknowledged elsewhere; a test holds
 * that no other finding is left and that each of these is still needed.
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
  ImportRole: {
    "AwsSolutions-IAM5":
      "Objects of two zones of one bucket: curated/* and staging/*. Their keys hold run ids, known at run time only.",
  },
  FunctionRole: {
    "AwsSolutions-IAM5":
      "Objects of the zones that the function's step uses (prefix/*, keys known at run time only), streams of its own log group, and X-Ray's two write actions, which have no resources in IAM.",
  },
  WorkflowRole: {
    "AwsSolutions-IAM5":
      "Versions of our functions (arn:*), tables of our database, objects of four zones of our bucket, executions of this machine's Map runs; X-Ray and the delivery of logs have no resources in IAM.",
  },
  AutoDelete: {
    "AwsSolutions-IAM4": "CDK's own function that empties buckets under removalPolicy=destroy; its role is CDK's.",
    "AwsSolutions-L1": "CDK's own function that empties buckets under removalPolicy=destroy; its runtime is CDK's.",
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
