import { SFNClient } from "@aws-sdk/client-sfn";
import { setting } from "../lib/aws/functions/environment.ts";
import { openExecutionStatus } from "../lib/aws/functions/executionStarter.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { traced } from "../lib/aws/functions/telemetry.ts";
import { takeTurn } from "../lib/workflow/start/takeTurn.ts";

const client = traced(new SFNClient({ maxAttempts: 6 }));
const ports = { store: stepPorts().store, statusOf: openExecutionStatus(client, setting("stateMachineArn")) };

/** TakeTurn: lets one run at a time begin. */
export const handler = stepHandler(({ attempt }: { readonly attempt: string }) => takeTurn(ports, attempt));
