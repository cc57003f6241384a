import { Duration } from "aws-cdk-lib";
import { GraphWidget, type IMetric, type IWidget, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { Rule } from "aws-cdk-lib/aws-events";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { DatabaseAccess } from "./databaseCluster.ts";
import { FUNCTION_NAMES } from "./functionSpecs.ts";
import type { SegmentationFunctions } from "./functions.ts";

/** A metric of the database's cluster, over five minutes. */
export function databaseMetric(database: DatabaseAccess, metricName: string, statistic: string): Metric {
  return new Metric({
    namespace: "AWS/RDS",
    metricName,
    dimensionsMap: { DBClusterIdentifier: database.clusterIdentifier },
    statistic,
    period: Duration.minutes(5),
  });
}

/** A third of a row. */
export const graph = (title: string, left: IMetric[]): IWidget => new GraphWidget({ title, left, width: 8, height: 6 });

/** What is worth a look every week: runs, functions, bytes scanned, the queue, the database. */
export function dashboardRows(props: OperationsProps): IWidget[][] {
  const { stateMachine, functions, deadLetters, workGroupName, database } = props;
  const sum = { statistic: Stats.SUM, period: Duration.hours(1) };
  const lambdas = FUNCTION_NAMES.flatMap((name) =>
    functions.byName[name] === undefined ? [] : [functions.byName[name]],
  );
  const scanned = new Metric({
    namespace: "AWS/Athena",
    metricName: "ProcessedBytes",
    dimensionsMap: { WorkGroup: workGroupName },
    ...sum,
  });
  return [
    [
      graph("Runs", [
        stateMachine.metricStarted(sum),
        stateMachine.metricSucceeded(sum),
        stateMachine.metricFailed(sum),
        stateMachine.metricTimedOut(sum),
      ]),
      graph("Duration of runs (ms)", [
        stateMachine.metricTime({ statistic: Stats.MAXIMUM, period: Duration.hours(1) }),
      ]),
      graph("Bytes scanned by Athena", [scanned]),
    ],
    [
      graph(
        "Duration of functions (ms, longest)",
        lambdas.map((lambda) => lambda.metricDuration({ statistic: Stats.MAXIMUM })),
      ),
      graph(
        "Errors of functions",
        lambdas.map((lambda) => lambda.metricErrors({ statistic: Stats.SUM })),
      ),
      graph("Drops that started no run", [deadLetters.metricApproximateNumberOfMessagesVisible()]),
    ],
    database === undefined
      ? []
      : [graph("Database capacity (ACU)", [databaseMetric(database, "ServerlessDatabaseCapacity", Stats.MAXIMUM)])],
  ].filter((row) => row.length > 0);
}

export interface OperationsProps {
  readonly environment: string;
  readonly stateMachine: StateMachine;
  readonly functions: SegmentationFunctions;
  readonly rule: Rule;
  readonly deadLetters: Queue;
  readonly workGroupName: string;
  readonly database: DatabaseAccess | undefined;
  /** Gets every alarm. */
  readonly topic: ITopic;
  /** Days without a published run before the alarm; 0 for none. */
  readonly staleAfterDays: number;
  /** Percent of a drop's rows that may be rejected before the alarm. */
  readonly rejectedPercent: number;
  /** Name of the delivery stream; absent where there is none. */
  readonly streamName?: string | undefined;
}
