import { ListExecutionsCommand, paginateListStateMachines, type SFNClient } from "@aws-sdk/client-sfn";
import { SegmentationError } from "../../domain/errors.ts";

/** Something writes to the lake that must not be written to now. */
export class RunUnderWayError extends SegmentationError {
  constructor(names: readonly string[]) {
    super("RUN_UNDER_WAY", `Runs are under way (${names.join(", ")}). Wait until they have ended, then try again.`, {
      names,
    });
  }
}

/** @throws RunUnderWayError while a state machine of one of these names has an execution that runs. */
export async function refuseWhileRunning(client: SFNClient, machineNames: readonly string[]): Promise<void> {
  const running: string[] = [];
  for await (const { stateMachines } of paginateListStateMachines({ client }, {})) {
    for (const { name, stateMachineArn } of stateMachines ?? []) {
      if (name === undefined || !machineNames.includes(name)) continue;
      const { executions } = await client.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: "RUNNING", maxResults: 10 }),
      );
      running.push(...(executions ?? []).map((execution) => execution.name ?? name));
    }
  }
  if (running.length > 0) throw new RunUnderWayError(running);
}
