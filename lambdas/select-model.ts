import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { selectModel } from "../lib/workflow/steps/selectModel.ts";
import type { RunState } from "../lib/workflow/steps/state.ts";

const ports = stepPorts();

/** SelectModel: merges the shards, chooses k, writes the model card. */
export const handler = stepHandler((state: RunState) => selectModel(ports, state));
