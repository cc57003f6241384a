import { Duration } from "aws-cdk-lib";
import {
  ApiDestination,
  Authorization,
  Connection,
  EventField,
  type IApiDestination,
  type IEventBus,
  Rule,
  RuleTargetInput,
} from "aws-cdk-lib/aws-events";
import { ApiDestination as ApiDestinationTarget } from "aws-cdk-lib/aws-events-targets";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { publishedRuns } from "./segmentationWorkflow.ts";

export interface RunWebhookProps {
  /** Gets "Segmentation published". */
  readonly eventBus: IEventBus;
  /** Of a secret with `url` and `key`, which the template refers to and never holds. */
  readonly secretName: string;
}

/** EventBridge gives up after so many further attempts, or so long; the message then waits in the queue. */
const ATTEMPTS = 10;
const PATIENCE = Duration.hours(2);

/** Posts the headline of each published run to Slack or any webhook: `{"text": …}` with the run beside it. */
export class RunWebhook extends Construct {
  constructor(scope: Construct, id: string, { eventBus, secretName }: RunWebhookProps) {
    super(scope, id);
    const secret = Secret.fromSecretNameV2(this, "Secret", secretName);
    const connection = new Connection(this, "Connection", {
      authorization: Authorization.apiKey("x-api-key", secret.secretValueFromJson("key")),
      description: "Who hears of published runs",
    });
    const destination = new ApiDestination(this, "Destination", {
      connection,
      // A reference that is resolved while the stack is deployed: the address of a webhook is a secret by itself.
      endpoint: secret.secretValueFromJson("url").unsafeUnwrap(),
      rateLimitPerSecond: 1,
    });
    const unheard = new Queue(this, "Unheard", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const field = (path: string): string => EventField.fromPath(`$.detail.${path}`);
    new Rule(this, "Rule", {
      eventBus,
      description: "Tells a webhook of each published run",
      eventPattern: publishedRuns(this),
      targets: [
        new ApiDestinationTarget(destination as IApiDestination, {
          event: RuleTargetInput.fromObject({
            type: "run.published",
            text: `Run ${field("runId")}, ${field("customers")} customers: ${field("report.headline")}`,
            run_id: field("runId"),
            model_version: field("modelVersion"),
          }),
          retryAttempts: ATTEMPTS,
          maxEventAge: PATIENCE,
          deadLetterQueue: unheard,
        }),
      ],
    });
  }
}
