import { setting } from "../lib/aws/functions/environment.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { planClustering } from "../lib/workflow/steps/planClustering.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";

const ports = { ...stepPorts(), mapConcurrency: Number(setting("mapConcurrency")) };

/** PlanClustering: the feature space and the shards. */
export const handler = stepHandler(recordedStep("PlanClustering", ports, planClustering));
