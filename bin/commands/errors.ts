import pc from "picocolors";
import { SegmentationError } from "../../lib/domain/errors.ts";

/** Prints what went wrong, for a person, and ends the process with status 1. */
export function exitWith(error: unknown): never {
  if (error instanceof SegmentationError) {
    process.stderr.write(`${pc.red("error")} ${error.message} ${pc.dim(`[${error.code}]`)}\n`);
  } else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `${pc.red("error")} Unexpected: ${text}\nThis is a fault of rfm; nothing half-done was published.\n`,
    );
  }
  process.exit(1);
}
