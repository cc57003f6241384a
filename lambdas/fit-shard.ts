import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { fitShard } from "../lib/workflow/steps/fitShard.ts";
import type { ShardInput } from "../lib/workflow/steps/state.ts";

const ports = stepPorts();

/** FitShard: mini-batch K-Means for every k over one shard, and its sketch. */
export const handler = stepHandler((shard: ShardInput) => fitShard(ports, shard));
