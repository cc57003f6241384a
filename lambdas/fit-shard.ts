import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { fitShard } from "../lib/workflow/steps/fitShard.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";

const ports = stepPorts();

/** FitShard: mini-batch K-Means for every k over one shard, and its sketch. */
export const handler = stepHandler(recordedStep("FitShard", ports, fitShard));
