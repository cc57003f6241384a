import { SegmentationError } from "../../domain/errors.ts";
import { isCollision } from "../../domain/storeErrors.ts";
import type { Clock, ObjectStore } from "../../ports.ts";
import { changeJson, readJson } from "../lake/json.ts";
import { LEDGER_CLOCK_KEY } from "../lake/layout.ts";

/**
 * The time of the ledger. It is what clocks show as long as they go forward; where one went back, or another machine's
 * is behind, it goes on by a millisecond instead. So what is committed later is later, whatever clocks say. Each moment
 * is handed out once.
 */

interface LedgerClock {
  /** ISO timestamp of the last moment that was handed out. */
  readonly lastMoment: string;
}

const MAX_ATTEMPTS = 50;

/** Too many machines asked at once. */
export class LedgerClockError extends SegmentationError {
  constructor() {
    super(
      "LEDGER_CLOCK",
      `${LEDGER_CLOCK_KEY} was changed by others ${MAX_ATTEMPTS} times in a row; nothing was committed. Repeat.`,
    );
  }
}

/**
 * A moment for a commit, a removal or a run: now, but later than all that were handed out before.
 * @param notBefore what the caller knows of the ledger: the moment is later than this, too.
 * @throws LedgerClockError
 */
export async function nextMoment(
  store: ObjectStore,
  clock: Clock,
  notBefore = Number.NEGATIVE_INFINITY,
): Promise<Date> {
  const next = (last?: LedgerClock): LedgerClock => {
    const lastMs = last === undefined ? Number.NEGATIVE_INFINITY : Date.parse(last.lastMoment);
    const moment = new Date(Math.max(clock.now().getTime(), lastMs + 1, notBefore + 1));
    return { lastMoment: moment.toISOString() };
  };
  try {
    return new Date((await changeJson(store, LEDGER_CLOCK_KEY, undefined, next, MAX_ATTEMPTS)).lastMoment);
  } catch (error) {
    throw isCollision(error) ? new LedgerClockError() : error;
  }
}

/** Now, but not before the last moment that was handed out: all that is in the ledger lies at or before it. */
export async function momentOfLedger(store: ObjectStore, clock: Clock): Promise<Date> {
  const last = (await store.head(LEDGER_CLOCK_KEY)) === undefined ? Number.NEGATIVE_INFINITY : await lastIn(store);
  return new Date(Math.max(clock.now().getTime(), last));
}

/** Tells the clock of a lake without one, or with one that was lost, what is in the ledger. */
export async function keepLedgerClock(store: ObjectStore, lastCommit: Date): Promise<void> {
  const isKept = (await store.head(LEDGER_CLOCK_KEY)) !== undefined && (await lastIn(store)) >= lastCommit.getTime();
  if (!isKept) await nextMoment(store, { now: () => lastCommit });
}

const lastIn = async (store: ObjectStore): Promise<number> =>
  Date.parse((await readJson<LedgerClock>(store, LEDGER_CLOCK_KEY)).lastMoment);
