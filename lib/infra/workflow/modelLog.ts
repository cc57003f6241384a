import { Duration } from "aws-cdk-lib";
import { type IEventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { publishedRuns } from "./segmentationWorkflow.ts";

export interface ModelLogProps {
  /** Gets "Segmentation published". */
  readonly eventBus: IEventBus;
  readonly logModel: IFunction;
}

/** Has each published run logged to MLflow, beside the run and not in it: a server that is down stops nothing. */
export class ModelLog extends Construct {
  constructor(scope: Construct, id: string, { eventBus, logModel }: ModelLogProps) {
    super(scope, id);
    new Rule(this, "Rule", {
      eventBus,
      description: "Has the model of each published run logged",
      eventPattern: publishedRuns(this),
      targets: [new LambdaFunction(logModel, { retryAttempts: 10, maxEventAge: Duration.hours(2) })],
    });
  }
}
