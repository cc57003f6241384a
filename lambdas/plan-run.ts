import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { planRun } from "../lib/workflow/steps/planRun.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";

const ports = stepPorts();

/** PlanRun: snapshot date, run id and the statements of the second half. */
export const handler = stepHandler(recordedStep("PlanRun", ports, planRun));
