import { type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { ExecutionStarter } from "../workflow/startRun.ts";

/** Starts executions of one state machine. A name that is taken means that the run was started before: no error. */
export function openExecutionStarter(client: SFNClient, stateMachineArn: string): ExecutionStarter {
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
