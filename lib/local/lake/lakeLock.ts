import { setTimeout as sleep } from "node:timers/promises";
import { LakeBusyError } from "../duckdb/index.ts";

const POLL_MS = 250;

/**
 * Opens what only one process may have open, waiting for another run to end. The lock is DuckDB's on the catalog
 * file: the operating system gives it back when its process dies, however it dies.
 * @throws LakeBusyError when the lake is still busy after `waitMs`; an `AbortError` when the signal ends the waiting.
 */
export async function whenLakeIsFree<T>(
  open: () => Promise<T>,
  waitMs: number,
  onWait?: (reason: string) => void,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + waitMs;
  let told = false;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof LakeBusyError) || performance.now() >= deadline) throw error;
      if (!told) onWait?.(error.message);
      told = true;
      await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
    }
  }
}
