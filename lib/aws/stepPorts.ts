import { S3Client } from "@aws-sdk/client-s3";
import type { StepPorts } from "../workflow/steps/state.ts";
import { setting } from "./environment.ts";
import { openS3Store } from "./s3Store.ts";
import { traced } from "./telemetry.ts";

/** The ports of nearly every step, from the function's environment. */
export function stepPorts(): StepPorts {
  // Servers that merely speak S3's protocol know no bucket as a host name.
  const client = traced(
    new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined, maxAttempts: 6 }),
  );
  return {
    store: openS3Store({ client, bucket: setting("lakeBucket") }),
    clock: { now: () => new Date() },
    codeVersion: setting("codeVersion"),
  };
}
