import { SegmentationError } from "../../domain/errors.ts";
import { logger } from "./telemetry.ts";

/**
 * Logs what failed. Our context holds keys and counts, never rows; messages of foreign errors may quote data, so of
 * those only name and stack are logged.
 */
export function logFailure(
  error: unknown,
  foreignMessage: string,
  fields: Readonly<Record<string, string>> = {},
): void {
  if (error instanceof SegmentationError)
    logger.error(error.message, { ...fields, code: error.code, context: error.context });
  else logger.error(foreignMessage, { ...fields, errorName: (error as Error).name, stack: framesOf(error) });
}

/** The frames alone: a stack begins with the message, which may run over several lines. */
const framesOf = (error: unknown): string =>
  ((error as Error).stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .join("\n");
