import { isCollision } from "../../domain/storeErrors.ts";
import { contentId } from "../../domain/text/hash.ts";
import type { ObjectInfo, ObjectStore } from "../../ports.ts";
import { readJson } from "../lake/json.ts";
import { INCOMING_PREFIX, STREAM_PREFIX, STREAM_STATE_KEY } from "../lake/layout.ts";
import type { DroppedObject } from "../steps/state.ts";
import { begin, type ExecutionStatus, type StartedRun, type StartRunPorts } from "./beginRun.ts";

/** A scheduled request to segment what a stream has brought since the last one. */
export interface StreamEvent {
  /** ISO timestamp for which the schedule fired. */
  readonly streamAt: string;
}

/** Most that one run takes of a stream. */
export const STREAM_LIMITS = {
  objects: 500,
  /** As they lie in the store: 256 MiB of packed JSON are some 3 GB of text, of which the Ingest function holds 4. */
  bytes: 256 * 1024 ** 2,
  /** UTF-8 bytes of their keys; each stands in the execution's input twice, and that may have 256 KiB. */
  keyBytes: 80_000,
} as const;

/** An object version: written anew under the same key, it is another one. */
interface TakenObject {
  readonly key: string;
  readonly etag: string;
}

interface Batch {
  /** The execution that takes it. */
  readonly name: string;
  readonly objects: readonly TakenObject[];
}

/** `stream/state.json`: what of the stream is in the history. Changed by conditional writes only. */
export interface StreamState {
  /** Objects of runs that succeeded, as long as they lie in the stream's folder. */
  readonly taken: readonly TakenObject[];
  /** What the last run was to take; null once that is known to have succeeded or failed. */
  readonly pending: Batch | null;
  /** Most objects that the next run takes: half of a run that failed, twice that of one that succeeded. */
  readonly atMost: number;
  /** Grows with every change: tells a second try at the same objects from the first. */
  readonly revision: number;
}

const EMPTY: StreamState = { taken: [], pending: null, atMost: STREAM_LIMITS.objects, revision: 0 };

/**
 * One tick of the stream's schedule: at most one run, of the oldest objects that no run has taken. What is to be taken
 * is written down before the run starts, and counts as taken once it has succeeded. So a tick that dies is made up for
 * by the next, a tick that comes twice starts nothing, objects of a failed run are taken again, and while a run goes on
 * nothing else starts.
 */
export async function startStreamRun(
  ports: StartRunPorts & { readonly statusOf: (name: string) => Promise<ExecutionStatus> },
): Promise<StartedRun> {
  const { store } = ports;
  const { state: found, etag } = await readState(store);
  const { pending } = found;
  let state = found;
  if (pending !== null) {
    const status = await ports.statusOf(pending.name);
    if (status === "running") return ignored(`${pending.name} is still running`);
    // The tick that wrote it down ended before it could start it.
    if (status === undefined) return beginBatch(ports, pending);
    state = settle(found, pending, status);
  }
  const listed = (await store.list(STREAM_PREFIX)).filter(isContent);
  const next = nextState(state, listed);
  const isChanged = next.pending !== null || pending !== null;
  if (isChanged && !(await writeState(store, next, etag))) return ignored("another tick is at work");
  return next.pending === null ? ignored(`nothing new in ${STREAM_PREFIX}`) : beginBatch(ports, next.pending);
}

const ignored = (detail: string): StartedRun => ({ outcome: "ignored", detail });

async function readState(
  store: ObjectStore,
): Promise<{ readonly state: StreamState; readonly etag: string | undefined }> {
  // The etag first: a change between the two calls then fails the conditional write, as it must.
  const info = await store.head(STREAM_STATE_KEY);
  if (info === undefined) return { state: EMPTY, etag: undefined };
  return { state: await readJson<StreamState>(store, STREAM_STATE_KEY), etag: info.etag };
}

/** @returns whether the state was still the one that was read. */
async function writeState(store: ObjectStore, state: StreamState, etag: string | undefined): Promise<boolean> {
  try {
    const unchanged = etag === undefined ? { ifAbsent: true } : { ifMatch: etag };
    await store.write(STREAM_STATE_KEY, JSON.stringify(state), { contentType: "application/json", ...unchanged });
    return true;
  } catch (error) {
    if (isCollision(error)) return false;
    throw error;
  }
}

/**
 * The state once it is known how a run ended. Halving makes a run that was too large small enough, and leaves an object
 * that cannot be read alone in the end, with those before it taken.
 */
function settle(state: StreamState, { objects }: Batch, status: "succeeded" | "failed"): StreamState {
  if (status === "failed") return { ...state, pending: null, atMost: Math.max(1, Math.floor(objects.length / 2)) };
  const atMost = Math.min(STREAM_LIMITS.objects, 2 * state.atMost);
  return { ...state, taken: [...state.taken, ...objects], pending: null, atMost };
}

const isContent = ({ key, bytes }: ObjectInfo): boolean => {
  const name = key.slice(key.lastIndexOf("/") + 1);
  return bytes > 0 && name !== "" && !/^[._]/.test(name);
};

const identityOf = ({ key, etag }: TakenObject): string => `${etag} ${key}`;

/** Forgets what has expired, and chooses what to take next. */
function nextState(state: StreamState, listed: readonly ObjectInfo[]): StreamState {
  const present = new Set(listed.map(identityOf));
  const taken = state.taken.filter((object) => present.has(identityOf(object)));
  const known = new Set(taken.map(identityOf));
  const fresh = listed.filter((object) => !known.has(identityOf(object)));
  const objects = chooseObjects(fresh, state.atMost);
  const name = `stream-${contentId({ objects, revision: state.revision }, 16)}`;
  const pending = objects.length === 0 ? null : { name, objects };
  return { ...state, taken, pending, revision: state.revision + 1 };
}

/**
 * The oldest objects within the limits, at least one. The stream's keys begin with the hour of arrival, so key order is
 * age.
 */
function chooseObjects(fresh: readonly ObjectInfo[], atMost: number): TakenObject[] {
  const chosen: TakenObject[] = [];
  let bytes = 0;
  let keyBytes = 0;
  for (const object of fresh) {
    bytes += object.bytes;
    keyBytes += new TextEncoder().encode(object.key).length;
    const fits = chosen.length < atMost && bytes <= STREAM_LIMITS.bytes && keyBytes <= STREAM_LIMITS.keyBytes;
    if (!fits && chosen.length > 0) break;
    chosen.push({ key: object.key, etag: object.etag });
  }
  return chosen;
}

/** Each object is a source of its own, by its whole key: delivered again under it, it takes its own place. */
function beginBatch(ports: StartRunPorts, { name, objects }: Batch): Promise<StartedRun> {
  const dropped = objects.map(({ key }): DroppedObject => ({ key, source: key.slice(INCOMING_PREFIX.length) }));
  // A batch that was delivered twice lies there under two names; orders in both count once (`overlap`), and nothing is
  // stuck.
  return begin(ports, name, { objects: dropped }, { copies: "allow" });
}
