import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";

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
