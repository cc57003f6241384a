import { SFNClient } from "@aws-sdk/client-sfn";
import { setting } from "../lib/aws/environment.ts";
import { openExecutionStarter, openExecutionStatus } from "../lib/aws/executionStarter.ts";
import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { traced } from "../lib/aws/telemetry.ts";
import { startRun } from "../lib/workflow/startRun.ts";

const client = traced(new SFNClient({ maxAttempts: 6 }));
const machine = setting("stateMachineArn");
const ports = {
  store: stepPorts().store,
  start: openExecutionStarter(client, machine),
  statusOf: setting("stream") === "on" ? openExecutionStatus(client, machine) : undefined,
};

/** Starts the run that a dropped object or a schedule asks for. */
export const handler = stepHandler((event: Parameters<typeof startRun>[1]) => startRun(ports, event));
