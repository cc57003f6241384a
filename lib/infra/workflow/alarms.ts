import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";

export interface AlarmSpec {
  readonly name: string;
  /** What is wrong, and what to do. */
  readonly description: string;
  readonly metric: IMetric;
  /** Alarm at this value and above; default 1. */
  readonly threshold?: number;
  readonly periods?: number;
  /** Whether silence is bad; default no. */
  readonly silenceIsBad?: boolean;
  /** Alarm below the threshold instead. */
  readonly below?: boolean;
}

/** Alarms that all tell the topic. */
export function createAlarms(
  scope: Construct,
  { environment, topic }: { readonly environment: string; readonly topic: ITopic },
  specs: readonly AlarmSpec[],
): Alarm[] {
  const action = new SnsAction(topic);
  return specs.map((spec) => {
    const alarm = new Alarm(scope, spec.name, {
      alarmName: `rfm-${environment}-${spec.name}`,
      alarmDescription: spec.description,
      metric: spec.metric,
      threshold: spec.threshold ?? 1,
      evaluationPeriods: spec.periods ?? 1,
      comparisonOperator:
        spec.below === true
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: spec.silenceIsBad === true ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    return alarm;
  });
}
