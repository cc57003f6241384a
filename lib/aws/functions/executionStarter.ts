import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";

/** Starts an execution of this name with this input. */
export type StartExecution = (name: string, input: object) => Promise<"started" | "already started">;

/** Starts executions of one state machine. A name that is taken means that the run was started before: no error. */
export function openExecutionStarter(client: SFNClient, stateMachineArn: string): StartExecution {
  return async (name, input) => {
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
      return "started";
    } catch (error) {
      if ((error as Error).name === "ExecutionAlreadyExists") return "already started";
      throw error;
    }
  };
}

/**
 * Tells how executions of one state machine stand, by name; undefined for one that was never started (or ended over 90
 * days ago, when Step Functions forgets it).
 */
export function openExecutionStatus(
  client: SFNClient,
  stateMachineArn: string,
): (name: string) => Promise<"running" | "succeeded" | "failed" | undefined> {
  return async (name) => {
    const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
    try {
      const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (status === "SUCCEEDED") return "succeeded";
      return status === "RUNNING" || status === "PENDING_REDRIVE" ? "running" : "failed";
    } catch (error) {
      if ((error as Error).name === "ExecutionDoesNotExist") return undefined;
      throw error;
    }
  };
}
