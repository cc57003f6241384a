import { fileURLToPath } from "node:url";
import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { SegmentationFunctions } from "../workflow/functions.ts";
import { distributedMapStatements } from "../workflow/segmentationWorkflow.ts";

export interface ScoringWorkflowProps {
  readonly environment: string;
  readonly functions: SegmentationFunctions;
  readonly logRetention: RetentionDays;
}

const DEFINITION = fileURLToPath(new URL("../../workflow/batch-scoring.asl.json", import.meta.url));

/** Name of the machine of score jobs; its ARN is needed before it exists. */
export const scoringMachineName = (environment: string): string => `rfm-${environment}-scoring`;

/** The state machine of `batch-scoring.asl.json`. It touches no data itself: its one function does. */
export class ScoringWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { environment, functions, logRetention }: ScoringWorkflowProps) {
    super(scope, id);
    const name = scoringMachineName(environment);
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("states.amazonaws.com"),
      description: "State machine of score jobs",
    });
    const called = Object.values(functions.substitutions());
    role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: called }));
    for (const statement of distributedMapStatements(Stack.of(this), name)) role.addToPolicy(statement);
    this.stateMachine = new StateMachine(this, "StateMachine", {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(DEFINITION),
      definitionSubstitutions: functions.substitutions(),
      role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, "Log", {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // Ids of jobs alone, but an error's cause may quote a value of a customer's.
        includeExecutionData: false,
      },
    });
  }
}
