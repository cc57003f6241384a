import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { type FailureInput, recordFailure } from "../lib/workflow/steps/recordFailure.ts";

const ports = stepPorts();

/** RecordFailure: keeps why an attempt failed and words the notification. */
export const handler = stepHandler((input: FailureInput) => recordFailure(ports, input));
