import { deployedDatabase } from "../lib/aws/database/deployedDatabase.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { loadSegments } from "../lib/workflow/steps/loadSegments.ts";
import type { RunState } from "../lib/workflow/steps/state.ts";

const ports = { ...stepPorts(), database: deployedDatabase() };

/** LoadSegments: stages the segments in PostgreSQL. */
export const handler = stepHandler((state: RunState) => loadSegments(ports, state));
