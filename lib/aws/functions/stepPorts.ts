import { S3Client } from "@aws-sdk/client-s3";
import type { FunctionHost } from "../../ports.ts";
import type { StepPorts } from "../../workflow/steps/state.ts";
import { openS3Store } from "../s3/s3Store.ts";
import { setting } from "./environment.ts";
import { traced } from "./telemetry.ts";

/** The ports of nearly every step, from the function's environment. */
export function stepPorts(): StepPorts {
  // Servers that merely speak S3's protocol know no bucket as a host name.
  const client = traced(
    new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined, maxAttempts: 6 }),
  );
  const host = lambdaHost();
  return {
    store: openS3Store({ client, bucket: setting("lakeBucket") }),
    clock: { now: () => new Date() },
    codeVersion: setting("codeVersion"),
    ...(host === undefined ? {} : { host }),
  };
}

/**
 * Lambda bills the start of a container, too; by now, while modules are loaded, most of it is over. None outside of
 * Lambda.
 */
function lambdaHost(): FunctionHost | undefined {
  const memoryMegabytes = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  if (!(memoryMegabytes > 0)) return undefined;
  let startUp = performance.now();
  return {
    memoryMegabytes,
    startUpMilliseconds: () => {
      const once = startUp;
      startUp = 0;
      return once;
    },
  };
}
