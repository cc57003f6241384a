import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { Tracer } from "@aws-lambda-powertools/tracer";

const NAMESPACE = "RfmSegmentation";
const serviceName = process.env.POWERTOOLS_SERVICE_NAME ?? "rfm-segmentation";

/** Structured logs. Events are never logged: they may name customers. */
export const logger = new Logger({ serviceName });
/** Metrics as log lines (EMF), so that they cost no call. */
export const metrics = new Metrics({ namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? NAMESPACE, serviceName });
/** X-Ray segments; off outside of Lambda. Answers are not captured: they may name customers. */
export const tracer = new Tracer({ serviceName });

/** A client whose calls show up in the trace. */
export function traced<Client>(client: Client): Client {
  return tracer.captureAWSv3Client(client);
}
