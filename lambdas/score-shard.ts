import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { scoreShard } from "../lib/workflow/steps/scoreShard.ts";
import type { ShardInput } from "../lib/workflow/steps/state.ts";

const ports = stepPorts();

/** ScoreShard: segment, cluster and distance for every customer of one shard. */
export const handler = stepHandler((shard: ShardInput) => scoreShard(ports, shard));
