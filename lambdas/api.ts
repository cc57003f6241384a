import { SFNClient } from "@aws-sdk/client-sfn";
import { handle } from "hono/aws-lambda";
import { createApi } from "../lib/api/app.ts";
import { deployedApi } from "../lib/aws/deployedApi.ts";
import { setting } from "../lib/aws/environment.ts";
import { openExecutionStarter } from "../lib/aws/executionStarter.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { traced } from "../lib/aws/telemetry.ts";

const start = openExecutionStarter(traced(new SFNClient({ maxAttempts: 3 })), setting("scoringMachineArn"));

/** The scoring API behind API Gateway; the models are loaded once per container and followed by their ETag. */
export const handler = handle(createApi(deployedApi(stepPorts(), start)));
