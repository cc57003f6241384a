import { SegmentationError } from "../../lib/domain/errors.ts";
import { style as pc } from "../terminal.ts";
import { systemRefusal } from "./systemErrors.ts";

/** What to do about errors whose cure is on the command line. */
const HINTS: Readonly<Record<string, string>> = {
  LAKE_BUSY: " Try again when it has ended, or let rfm run wait longer: --wait SECONDS.",
};

/** Prints what went wrong, for a person. */
export function explain(error: unknown): void {
  const refusal = systemRefusal(error);
  if (error instanceof SegmentationError) {
    // Rights, paths and ports are told by the error itself; a disk seldom is.
    const disk = refusal?.includes("disk") === true ? ` ${refusal}` : "";
    process.stderr.write(
      `${pc.red("error")} ${error.message}${HINTS[error.code] ?? ""}${disk} ${pc.dim(`[${error.code}]`)}\n`,
    );
  } else if (refusal !== undefined) {
    process.stderr.write(`${pc.red("error")} ${refusal} Nothing half-done was published.\n`);
  } else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `${pc.red("error")} Unexpected: ${text}\nThis is a fault of rfm; nothing half-done was published.\n`,
    );
  }
}

/** Prints what went wrong, for a person, and ends the process with status 1. */
export function exitWith(error: unknown): never {
  explain(error);
  process.exit(1);
}
