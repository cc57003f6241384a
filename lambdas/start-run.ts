import { SFNClient } from "@aws-sdk/client-sfn";
import { setting } from "../lib/aws/functions/environment.ts";
import { openExecutionStarter, openExecutionStatus } from "../lib/aws/functions/executionStarter.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { traced } from "../lib/aws/functions/telemetry.ts";
import { startRun } from "../lib/workflow/start/startRun.ts";

const client = traced(new SFNClient({ maxAttempts: 6 }));
const machine = setting("stateMachineArn");
const ports = {
  store: stepPorts().store,
  start: openExecutionStarter(client, machine),
  statusOf: setting("stream") === "on" ? openExecutionStatus(client, machine) : undefined,
};

/** Starts the run that a dropped object or a schedule asks for. */
export const handler = stepHandler((event: Parameters<typeof startRun>[1]) => startRun(ports, event));
