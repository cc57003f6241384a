import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";
import { scoreShard } from "../lib/workflow/steps/scoreShard.ts";

const ports = stepPorts();

/** ScoreShard: segment, cluster and distance for every customer of one shard. */
export const handler = stepHandler(recordedStep("ScoreShard", ports, scoreShard));
