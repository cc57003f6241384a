import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";
import { selectModel } from "../lib/workflow/steps/selectModel.ts";

const ports = stepPorts();

/** SelectModel: merges the shards, chooses k, writes the model card. */
export const handler = stepHandler(recordedStep("SelectModel", ports, selectModel));
