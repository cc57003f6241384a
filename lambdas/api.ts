import { SFNClient } from "@aws-sdk/client-sfn";
import { handle } from "hono/aws-lambda";
import { createApi } from "../lib/api/app.ts";
import { deployedApi } from "../lib/aws/functions/deployedApi.ts";
import { setting } from "../lib/aws/functions/environment.ts";
import { openExecutionStarter } from "../lib/aws/functions/executionStarter.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { traced } from "../lib/aws/functions/telemetry.ts";

const start = openExecutionStarter(traced(new SFNClient({ maxAttempts: 3 })), setting("scoringMachineArn"));

/** The scoring API behind API Gateway; the models are loaded once per container and followed by their ETag. */
export const handler = handle(createApi(deployedApi(stepPorts(), start)));
