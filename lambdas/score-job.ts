import { deployedPredictions } from "../lib/aws/database/deployedDatabase.ts";
import { setting } from "../lib/aws/functions/environment.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { type ScoreJobInput, scoreJobStep } from "../lib/workflow/steps/scoreJob.ts";

const ports = { ...stepPorts(), mapConcurrency: Number(setting("mapConcurrency")), predictions: deployedPredictions() };

/** A step of the scoring machine: plan, score one shard, finish, or record the failure. */
export const handler = stepHandler((input: ScoreJobInput) => scoreJobStep(ports, input));
