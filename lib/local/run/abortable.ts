import { SegmentationError } from "../../domain/errors.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import type { TaskHandler, TaskHandlers } from "./machine.ts";

/** Whoever asked for a run does not want it any more. Nothing of it is published. */
export class RunAbortedError extends SegmentationError {
  constructor(reason: unknown) {
    super("RUN_ABORTED", "The run was stopped by its caller; what is published is as before.", {}, { cause: reason });
  }
}

/** From here on a run shows: what has begun is brought to its end. */
const COMMITTED_BY = "PublishRun";
/** They write down that a run has failed, whyever. */
const AFTERMATH = new Set(["RecordFailure", "NotifyOfFailure", "NotifyOfFailureItself"]);

/** @throws RunAbortedError where the caller has stopped the run. */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new RunAbortedError(signal.reason);
}

/**
 * Handlers that begin nothing once the signal is aborted, until the run is published. A statement that is under way is
 * interrupted; another step ends first.
 * @param ended aborted when the run is over: from then on the signal means nothing.
 */
export function abortable(
  handlers: TaskHandlers,
  {
    signal,
    ended,
    engine,
  }: { readonly signal: AbortSignal; readonly ended: AbortSignal; readonly engine: DuckDbEngine },
): TaskHandlers {
  let isCommitted = false;
  signal.addEventListener("abort", () => isCommitted || engine.interrupt(), { once: true, signal: ended });
  const guarded = (state: string, run: TaskHandler): TaskHandler => {
    if (AFTERMATH.has(state)) return run;
    return async (input) => {
      if (!isCommitted) refuseAborted(signal);
      if (state === COMMITTED_BY) isCommitted = true;
      try {
        return await run(input);
      } finally {
        // Whatever came of it: an interrupted statement is no fault of the statement.
        if (!isCommitted) refuseAborted(signal);
      }
    };
  };
  return Object.fromEntries(Object.entries(handlers).map(([state, run]) => [state, guarded(state, run)]));
}
