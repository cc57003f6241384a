import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { CfnFunction, IFunction, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { type IQueue, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { INCOMING_PREFIX, STREAM_PREFIX } from "../../workflow/lake/layout.ts";
import { acknowledge } from "../acknowledgements.ts";

export interface DropTriggerProps {
  readonly environment: string;
  readonly bucket: IBucket;
  readonly key: IKey;
  /** Starts a run for an event; the same event twice starts one. */
  readonly startRun: LambdaFunction;
  /** `cron(…)` or `rate(…)` on which the history is segmented without a new file; by default never. */
  readonly refreshSchedule?: string | undefined;
  /** Minutes between two looks at what a stream has brought; absent where there is none. */
  readonly streamMinutes?: number | undefined;
}

const MAX_EVENT_AGE_HOURS = 6;
const RULE_RETRIES = 30;

/** From an object in incoming/ to a started run; events that could not be handled wait in a queue. */
export class DropTrigger extends Construct {
  readonly rule: Rule;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: DropTriggerProps) {
    super(scope, id);
    const { bucket, startRun, key } = props;
    this.deadLetters = new Queue(this, "DeadLetters", {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetters, "DeadLetterQueue");
    // The rule only hands the event over; whether the function then manages is another matter, with the same last
    // resort.
    keepFailedEvents(startRun, this.deadLetters);
    this.rule = new Rule(this, "Rule", {
      description: `Customer segmentation ${props.environment}: a new object in ${INCOMING_PREFIX}`,
      // Objects of a stream match, too, and start-run ignores them: conditions on one field of a pattern are
      // alternatives, so "in incoming/, but not in incoming/stream/" cannot be said. At a buffer of 300 seconds that is
      // 288 idle calls a day at most.
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: INCOMING_PREFIX }] } },
      },
      targets: [
        new LambdaTarget(startRun as IFunction, {
          deadLetterQueue: this.deadLetters as IQueue,
          retryAttempts: RULE_RETRIES,
          maxEventAge: Duration.hours(MAX_EVENT_AGE_HOURS),
        }),
      ],
    });
    const schedules = schedulesOf(props);
    if (schedules.length === 0) return;
    const role = createScheduleRole(this, this.deadLetters, props);
    for (const schedule of schedules) createSchedule(this, schedule, role, this.deadLetters, props);
  }
}

interface ScheduleSpec {
  readonly id: string;
  readonly description: string;
  readonly schedule: Schedule;
  /** Member of the event that says for when it fired. */
  readonly timeName: "refreshAt" | "streamAt";
  /** It may fire so much later, where others do, too. */
  readonly windowMinutes: number;
}

function schedulesOf({ refreshSchedule, streamMinutes }: DropTriggerProps): ScheduleSpec[] {
  const refresh = (expression: string): ScheduleSpec => ({
    id: "Refresh",
    description: "segment the history again",
    schedule: Schedule.expression(expression),
    timeName: "refreshAt",
    windowMinutes: 15,
  });
  const stream = (minutes: number): ScheduleSpec => ({
    id: "Stream",
    description: `segment what came into ${STREAM_PREFIX}`,
    schedule: Schedule.expression(`rate(${minutes} minutes)`),
    timeName: "streamAt",
    windowMinutes: 1,
  });
  return [
    ...(refreshSchedule === undefined ? [] : [refresh(refreshSchedule)]),
    ...(streamMinutes === undefined ? [] : [stream(streamMinutes)]),
  ];
}

function keepFailedEvents(startRun: LambdaFunction, deadLetters: Queue): void {
  (startRun.node.defaultChild as CfnFunction).deadLetterConfig = { targetArn: deadLetters.queueArn };
  startRun.addToRolePolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [deadLetters.queueArn] }));
}

function createScheduleRole(scope: Construct, deadLetters: Queue, { startRun, key }: DropTriggerProps): Role {
  const role = new Role(scope, "ScheduleRole", {
    assumedBy: new ServicePrincipal("scheduler.amazonaws.com"),
    description: "Scheduled runs",
  });
  role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [startRun.functionArn] }));
  role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [deadLetters.queueArn] }));
  role.addToPolicy(new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] }));
  return role;
}

function createSchedule(
  scope: Construct,
  { id, description, schedule, timeName, windowMinutes }: ScheduleSpec,
  role: Role,
  deadLetters: Queue,
  { environment, startRun }: DropTriggerProps,
): void {
  new CfnSchedule(scope, id, {
    description: `Customer segmentation ${environment}: ${description}`,
    scheduleExpression: schedule.expressionString,
    flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: windowMinutes },
    target: {
      arn: startRun.functionArn,
      roleArn: role.roleArn,
      input: JSON.stringify({ [timeName]: "<aws.scheduler.scheduled-time>" }),
      retryPolicy: { maximumRetryAttempts: RULE_RETRIES, maximumEventAgeInSeconds: MAX_EVENT_AGE_HOURS * 3_600 },
      deadLetterConfig: { arn: deadLetters.queueArn },
    },
  });
}
