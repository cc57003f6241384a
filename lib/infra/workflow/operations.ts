import { Duration } from "aws-cdk-lib";
import { type Alarm, Dashboard, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { DRIFT, REJECTED_SHARE } from "../../aws/functions/qualityMetricNames.ts";
import { DRIFT_THRESHOLDS } from "../../domain/model/drift.ts";
import { type AlarmSpec, createAlarms } from "./alarms.ts";
import { dashboardRows, databaseMetric, type OperationsProps } from "./cloudWatchDashboard.ts";
import { metricsNamespace } from "./functions.ts";

const FIVE_MINUTES = Duration.minutes(5);
/** Twice the longest buffering. */
const MAX_STREAM_AGE_SECONDS = 1_800;

/** Alarms, each with what to do, and a dashboard. */
export class Operations extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    this.alarms = createAlarms(this, props, [
      ...runAlarms(props),
      ...triggerAlarms(props),
      ...qualityAlarms(props),
      ...databaseAlarms(props),
      ...streamAlarms(props),
    ]);
    new Dashboard(this, "Dashboard", { dashboardName: `rfm-${props.environment}`, widgets: dashboardRows(props) });
  }
}

function runAlarms({ stateMachine, staleAfterDays }: OperationsProps): AlarmSpec[] {
  const period = FIVE_MINUTES;
  const stale: AlarmSpec = {
    name: "no-run-published",
    description: `No segmentation was published for ${staleAfterDays} days. Has nothing been dropped into incoming/, or is the schedule off?`,
    metric: stateMachine.metricSucceeded({ period: Duration.days(1), statistic: Stats.SUM }),
    periods: staleAfterDays,
    below: true,
    silenceIsBad: true,
  };
  return [
    {
      name: "run-failed",
      description:
        "A segmentation failed; the reason was sent beside this alarm and lies in attempts/attempt=…/failure.json. Published segments are unchanged.",
      metric: stateMachine.metricFailed({ period, statistic: Stats.SUM }),
    },
    {
      name: "run-timed-out",
      description:
        "A segmentation took over four hours and was stopped. Look for the longest state in its execution history.",
      metric: stateMachine.metricTimedOut({ period, statistic: Stats.SUM }),
    },
    {
      name: "run-throttled",
      description: "Step Functions throttled transitions: too many shards at once. Lower mapConcurrency.",
      metric: stateMachine.metricThrottled({ period, statistic: Stats.SUM }),
    },
    ...(staleAfterDays > 0 ? [stale] : []),
  ];
}

function triggerAlarms({ rule, deadLetters, functions }: OperationsProps): AlarmSpec[] {
  const ruleFailures = new Metric({
    namespace: "AWS/Events",
    metricName: "FailedInvocations",
    dimensionsMap: { RuleName: rule.ruleName },
    statistic: Stats.SUM,
    period: FIVE_MINUTES,
  });
  return [
    {
      name: "rule-failed",
      description: "EventBridge could not call start-run for a dropped file.",
      metric: ruleFailures,
    },
    {
      name: "drop-not-started",
      description:
        "A dropped file started no run; its event waits in the dead-letter queue. Fix the cause, then drop the file again.",
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM }),
    },
    {
      name: "start-run-errors",
      description: "start-run fails; it is retried before its event goes to the dead-letter queue.",
      metric: functions.byName["start-run"].metricErrors({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 3,
    },
  ];
}

function qualityAlarms({ environment, rejectedPercent }: OperationsProps): AlarmSpec[] {
  const greatest = (metricName: string, service: string) =>
    new Metric({
      namespace: metricsNamespace(environment),
      metricName,
      dimensionsMap: { service },
      statistic: Stats.MAXIMUM,
      period: FIVE_MINUTES,
    });
  return [
    {
      name: "customers-drifted",
      description: `Recency, frequency or monetary value is distributed differently from when the previous model was trained (stability index from ${DRIFT_THRESHOLDS.alarm} on). See drift in summary.json; then look at what was dropped.`,
      metric: greatest(DRIFT, "publish-report"),
      threshold: DRIFT_THRESHOLDS.alarm,
    },
    {
      name: "rows-rejected",
      description: `More than ${rejectedPercent} % of a drop's rows were not kept. See quality.json of the ingest, and the view rejects.`,
      metric: greatest(REJECTED_SHARE, "check-quality"),
      threshold: rejectedPercent,
    },
  ];
}

function databaseAlarms({ database }: OperationsProps): AlarmSpec[] {
  if (database === undefined) return [];
  return [
    {
      name: "database-at-its-limit",
      description: "The segment database has run at its largest size for 15 minutes. Raise databaseMaxCapacityUnits.",
      metric: databaseMetric(database, "ACUUtilization", Stats.AVERAGE),
      threshold: 95,
      periods: 3,
    },
  ];
}

function streamAlarms({ streamName }: OperationsProps): AlarmSpec[] {
  if (streamName === undefined) return [];
  return [
    {
      name: "stream-not-delivered",
      description: `Records of the stream wait for over ${MAX_STREAM_AGE_SECONDS / 60} minutes: Firehose cannot write to the lake, and gives them up after a day. Its log says why; look at its role and the key.`,
      metric: new Metric({
        namespace: "AWS/Firehose",
        metricName: "DeliveryToS3.DataFreshness",
        dimensionsMap: { DeliveryStreamName: streamName },
        statistic: Stats.MAXIMUM,
        period: FIVE_MINUTES,
      }),
      threshold: MAX_STREAM_AGE_SECONDS,
    },
  ];
}
