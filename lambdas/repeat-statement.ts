import { AthenaClient } from "@aws-sdk/client-athena";
import { stopQuery } from "../lib/aws/athenaEngine.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { traced } from "../lib/aws/functions/telemetry.ts";
import { sleep } from "../lib/aws/transientError.ts";
import { type RepeatInput, repeatStatement } from "../lib/workflow/steps/repeatStatement.ts";

const { store } = stepPorts();
const client = traced(new AthenaClient({ maxAttempts: 6 }));
const ports = { store, sleep, stopQuery: (id: string) => stopQuery(client, id) };

/** RepeatStatement: makes ready that a statement which met a passing fault is run again. */
export const handler = stepHandler((input: RepeatInput) => repeatStatement(ports, input));
