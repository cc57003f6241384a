import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { publishReport } from "../lib/workflow/steps/publishReport.ts";
import type { RunState } from "../lib/workflow/steps/state.ts";

const ports = stepPorts();

/** PublishReport: segments.csv and summary.json. */
export const handler = stepHandler((state: RunState) => publishReport(ports, state));
