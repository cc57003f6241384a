import { SegmentationError } from "../domain/errors.ts";

/**
 * A failure of a service that is over after a while: throttling, an outage, a lost connection. The state machine
 * retries it by this name, after the SDK's own retries.
 */
export class TransientError extends SegmentationError {
  constructor(cause: Error) {
    super("TRANSIENT", `An AWS service did not answer for now (${cause.name}: ${cause.message}).`, {}, { cause });
  }
}

/** Errors of throttling and passing trouble, by name: S3, Athena, the Data API and Step Functions. */
const TRANSIENT_NAMES = new Set([
  "DatabaseResumingException",
  "DatabaseUnavailableException",
  "InternalServerErrorException",
  "InternalServerException",
  "ProvisionedThroughputExceededException",
  "RequestTimeout",
  "RequestTimeTooSkewed",
  "ServiceUnavailable",
  "ServiceUnavailableError",
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "TimeoutError",
  "TooManyRequestsException",
]);

const CONNECTION_CODES = new Set(["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);

interface ServiceErrorFields {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Whether the same call may well succeed in a moment. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof SegmentationError) return error instanceof TransientError;
  const { code, $metadata } = error as ServiceErrorFields;
  const status = $metadata?.httpStatusCode ?? 0;
  return TRANSIENT_NAMES.has(error.name) || CONNECTION_CODES.has(code ?? "") || status === 429 || status >= 500;
}

/** The error as the state machine should see it: transient failures under one name, others unchanged. */
export function classified(error: unknown): unknown {
  return isTransient(error) && !(error instanceof TransientError) ? new TransientError(error as Error) : error;
}

export interface RetryOptions {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly isRetryable: (error: unknown) => boolean;
  /** Waits; replaced in tests. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Calls until it succeeds, with exponential waits between; after the last attempt its error is thrown. */
export async function retrying<Result>(call: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const wait = options.sleep ?? sleep;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= options.attempts || !options.isRetryable(error)) throw error;
      await wait(Math.min(options.maxDelayMs, options.firstDelayMs * 2 ** (attempt - 1)));
    }
  }
}
