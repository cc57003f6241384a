import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { planRun } from "../lib/workflow/steps/planRun.ts";

const ports = stepPorts();

/** PlanRun: snapshot date, run id and the statements of the second half. */
export const handler = stepHandler((state: Parameters<typeof planRun>[1]) => planRun(ports, state));
