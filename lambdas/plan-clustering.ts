import { setting } from "../lib/aws/environment.ts";
import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { planClustering } from "../lib/workflow/steps/planClustering.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";

const ports = { ...stepPorts(), mapConcurrency: Number(setting("mapConcurrency")) };

/** PlanClustering: the feature space and the shards. */
export const handler = stepHandler(recordedStep("PlanClustering", ports, planClustering));
