import { deployedDatabase } from "../lib/aws/database/deployedDatabase.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { publishRun } from "../lib/workflow/steps/publishRun.ts";
import type { RunState } from "../lib/workflow/steps/state.ts";

const ports = { ...stepPorts(), database: deployedDatabase() };

/** PublishRun: makes the run the current one. */
export const handler = stepHandler((state: RunState) => publishRun(ports, state));
