import { isCollision } from "../../domain/storeErrors.ts";
import type { ObjectStore } from "../../ports.ts";
import { readJson, writeJson } from "../lake/json.ts";
import { TURN_KEY } from "../lake/layout.ts";
import type { ExecutionStatus } from "./beginRun.ts";

export interface TurnPorts {
  readonly store: ObjectStore;
  /** Tells how an execution stands. */
  readonly statusOf: (name: string) => Promise<ExecutionStatus>;
}

/** `ledger/turn.json`: whose turn it is, until that execution has ended. */
interface Turn {
  readonly attempt: string;
}

/** Seconds until a run that has to wait asks again. */
export const SECONDS_BETWEEN_ASKING = 60;

export interface TurnAnswer {
  readonly isMine: boolean;
  readonly waitSeconds: number;
}

/**
 * One run of a lake at a time: each reads the history as of its own moment, so of two at once neither need see what
 * the other commits, and Iceberg refuses one of two commits. A turn is not given back: it ends with its execution,
 * however that ends, so nothing is stuck when one is stopped or its functions die. Whoever asks first after that has
 * the next.
 */
export async function takeTurn({ store, statusOf }: TurnPorts, attempt: string): Promise<TurnAnswer> {
  const answer = (isMine: boolean): TurnAnswer => ({ isMine, waitSeconds: SECONDS_BETWEEN_ASKING });
  // The etag first: a change between the two calls then fails the write, as it must.
  const info = await store.head(TURN_KEY);
  const holder = info === undefined ? undefined : (await readJson<Turn>(store, TURN_KEY)).attempt;
  if (holder === attempt) return answer(true);
  if (holder !== undefined && (await statusOf(holder)) === "running") return answer(false);
  try {
    const turn: Turn = { attempt };
    await writeJson(store, TURN_KEY, turn, info === undefined ? { ifAbsent: true } : { ifMatch: info.etag });
    return answer(true);
  } catch (error) {
    if (isCollision(error)) return answer(false);
    throw error;
  }
}
