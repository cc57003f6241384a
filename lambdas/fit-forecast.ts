import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { fitForecast } from "../lib/workflow/steps/fitForecast.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";

/** FitForecast: what customers are expected to do, and what that said of the past. */
export const handler = stepHandler(recordedStep("FitForecast", stepPorts(), fitForecast));
