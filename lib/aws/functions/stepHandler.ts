import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import { captureLambdaHandler } from "@aws-lambda-powertools/tracer/middleware";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { classified } from "../transientError.ts";
import { logFailure } from "./failureLog.ts";
import { logger, metrics, tracer } from "./telemetry.ts";

export type StepHandler<Input, Output> = (input: Input, context: Context) => Promise<Output>;

/**
 * A Lambda handler around one step: logs with the request's id, cold-start metric, trace, and errors by the names that
 * the machine retries.
 */
export function stepHandler<Input, Output>(step: (input: Input) => Promise<Output>): StepHandler<Input, Output> {
  const handler = middy<Input, Output>()
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger, { clearState: true }))
    .use(logMetrics(metrics, { captureColdStartMetric: true }))
    .use({ onError: ({ error }) => reportError(error) })
    .handler((input: Input) => step(input));
  return handler as unknown as StepHandler<Input, Output>;
}

function reportError(error: unknown): never {
  const known = classified(error);
  logFailure(known, "The step failed unexpectedly.");
  throw known;
}
