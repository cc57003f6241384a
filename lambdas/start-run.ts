import { SFNClient } from "@aws-sdk/client-sfn";
import { setting } from "../lib/aws/environment.ts";
import { openExecutionStarter } from "../lib/aws/executionStarter.ts";
import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { traced } from "../lib/aws/telemetry.ts";
import { startRun } from "../lib/workflow/startRun.ts";

const start = openExecutionStarter(traced(new SFNClient({ maxAttempts: 6 })), setting("stateMachineArn"));
const ports = { store: stepPorts().store, start };

/** Starts the run that a dropped object or the schedule asks for. */
export const handler = stepHandler((event: Parameters<typeof startRun>[1]) => startRun(ports, event));
