import { Duration } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import { Dashboard, type IMetric, type IWidget, MathExpression, type Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, type LogGroup } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { type AlarmSpec, createAlarms } from "../workflow/alarms.ts";
import { graph } from "../workflow/cloudWatchDashboard.ts";
import { metricsNamespace, type SegmentationFunctions } from "../workflow/functions.ts";

export interface ApiOperationsProps {
  readonly environment: string;
  readonly api: RestApi;
  readonly accessLog: LogGroup;
  readonly functions: SegmentationFunctions;
  /** The machine of score jobs. */
  readonly stateMachine: StateMachine;
  /** Gets every alarm. */
  readonly topic: ITopic;
}

const FIVE_MINUTES = Duration.minutes(5);
const SLOW_MS = 2_000;

/** Alarms and a dashboard of the API and of score jobs. */
export class ApiOperations extends Construct {
  constructor(scope: Construct, id: string, props: ApiOperationsProps) {
    super(scope, id);
    const throttled = throttledMetric(props);
    createAlarms(this, props, [...apiAlarms(props, throttled), ...jobAlarms(props)]);
    new Dashboard(this, "Dashboard", {
      dashboardName: `rfm-${props.environment}-api`,
      widgets: dashboardRows(props, throttled),
    });
  }
}

/** API Gateway counts throttled requests among all 4xx; the access log tells them apart. */
function throttledMetric({ accessLog, environment }: ApiOperationsProps): Metric {
  const filter = accessLog.addMetricFilter("Throttled", {
    filterPattern: FilterPattern.stringValue("$.status", "=", "429"),
    metricNamespace: metricsNamespace(environment),
    metricName: "ApiThrottled",
  });
  return filter.metric({ period: FIVE_MINUTES, statistic: Stats.SUM });
}

function apiAlarms({ api }: ApiOperationsProps, throttled: Metric): AlarmSpec[] {
  return [
    {
      name: "api-faults",
      description:
        "The API answered 5xx at least five times in five minutes. Its log has the reason under the correlation id of the answer.",
      metric: api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 5,
    },
    {
      name: "api-slow",
      description: `One request in a hundred took over ${SLOW_MS / 1_000} s for 15 minutes. Cold starts: apiProvisionedConcurrency; a database that starts from zero: databasePauseMinutes; else see the traces.`,
      metric: api.metricLatency({ period: FIVE_MINUTES, statistic: Stats.percentile(99) }),
      threshold: SLOW_MS,
      periods: 3,
    },
    {
      name: "api-throttled",
      description:
        "Over a hundred requests in five minutes were answered 429. A caller asks too fast, or apiRequestsPerSecond and apiBurst are too low.",
      metric: throttled,
      threshold: 100,
    },
  ];
}

function jobAlarms({ stateMachine }: ApiOperationsProps): AlarmSpec[] {
  const sum = { period: FIVE_MINUTES, statistic: Stats.SUM };
  return [
    {
      name: "score-job-failed",
      description:
        "A score job failed or took over four hours; GET /score-jobs/{id} and scoring/jobs/…/failure.json have the reason. The parts that it wrote are not whole.",
      metric: new MathExpression({
        expression: "failed + timedOut",
        usingMetrics: { failed: stateMachine.metricFailed(sum), timedOut: stateMachine.metricTimedOut(sum) },
        period: FIVE_MINUTES,
        label: "Score jobs failed",
      }),
    },
  ];
}

function dashboardRows({ api, functions, stateMachine }: ApiOperationsProps, throttled: Metric): IWidget[][] {
  const sum = { statistic: Stats.SUM, period: FIVE_MINUTES };
  const latency = (percent: number): IMetric =>
    api.metricLatency({ statistic: Stats.percentile(percent), period: FIVE_MINUTES, label: `p${percent}` });
  const { api: handler } = functions.byName;
  return [
    [
      graph("Requests", [api.metricCount(sum)]),
      graph("Latency (ms)", [latency(50), latency(99)]),
      graph("Answers 4xx, 5xx, 429", [api.metricClientError(sum), api.metricServerError(sum), throttled]),
    ],
    [
      graph("Containers at work", [handler.metric("ConcurrentExecutions", { statistic: Stats.MAXIMUM })]),
      graph("Errors and throttles of the function", [handler.metricErrors(sum), handler.metricThrottles(sum)]),
      graph("Score jobs", [
        stateMachine.metricStarted(sum),
        stateMachine.metricSucceeded(sum),
        stateMachine.metricFailed(sum),
        stateMachine.metricTimedOut(sum),
      ]),
    ],
  ];
}
