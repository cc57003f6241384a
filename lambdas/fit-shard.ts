import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { fitShard } from "../lib/workflow/steps/fitShard.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";

const ports = stepPorts();

/** FitShard: mini-batch K-Means for every k over one shard, and its sketch. */
export const handler = stepHandler(recordedStep("FitShard", ports, fitShard));
