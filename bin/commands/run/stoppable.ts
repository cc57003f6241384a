/** Signals by which a person or a system asks a run to end, with the exit statuses that shells know them by. */
const STATUSES = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof STATUSES;

/** Why a run was stopped: a signal to the process. */
class StopRequest extends Error {
  override readonly name = "StopRequest";
  readonly signal: StopSignal;
  constructor(signal: StopSignal) {
    super(`The process got ${signal}.`);
    this.signal = signal;
  }
}

/**
 * Runs work that Ctrl-C, or a SIGTERM, stops at the next point where nothing is left half-done; asked a second time,
 * the process ends at once.
 */
export async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    process.stderr.write("Stopping; once more ends it at once.\n");
    for (const name of Object.keys(STATUSES)) process.off(name, stop);
    controller.abort(new StopRequest(signal as StopSignal));
  };
  for (const name of Object.keys(STATUSES)) process.on(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of Object.keys(STATUSES)) process.off(name, stop);
  }
}

/** Exit status of a command that failed: that of the signal where one has stopped it, else 1. */
export function exitStatusOf(error: unknown): number {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof StopRequest ? STATUSES[cause.signal] : 1;
}
