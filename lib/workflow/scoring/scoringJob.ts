import { randomBytes } from "node:crypto";
import { SegmentationError } from "../../domain/errors.ts";
import type { Clock, ObjectStore } from "../../ports.ts";
import { readJson, writeJson } from "../lake/json.ts";
import { readModel } from "../models/modelRegistry.ts";

/** Where score jobs may read and write: never beyond these. */
export const SCORE_INPUT_PREFIXES = ["scoring/input/", "curated/"] as const;
export const SCORE_OUTPUT_PREFIX = "scoring/output/";
const JOBS_PREFIX = "scoring/jobs/";
const JOB_ID = /^\d{8}T\d{6}Z-[0-9a-f]{12}$/;

export const scoreJobPrefix = (id: string): string => `${JOBS_PREFIX}${id}/`;
export const scoreJobKey = (id: string): string => `${scoreJobPrefix(id)}job.json`;
export const scorePlanKey = (id: string): string => `${scoreJobPrefix(id)}plan.json`;
export const scoreResultKey = (id: string): string => `${scoreJobPrefix(id)}result.json`;
export const scoreFailureKey = (id: string): string => `${scoreJobPrefix(id)}failure.json`;
/** A marker per shard that is done, with its number of rows: the progress. */
export const scoreDonePrefix = (id: string): string => `${scoreJobPrefix(id)}done/`;

/** An input or output that a job cannot have. */
export class ScoreInputError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}) {
    super("SCORE_INPUT", message, context);
  }
}

export class UnknownScoreJobError extends SegmentationError {
  constructor() {
    super("UNKNOWN_SCORE_JOB", "There is no score job of this id.");
  }
}

/** `job.json`: what was asked for. */
export interface ScoreJobRecord {
  readonly id: string;
  readonly input: string;
  /** Prefix of the results, with a slash at the end. */
  readonly output: string;
  readonly modelVersion: string;
  readonly createdAt: string;
  /** The predictions go into a table of the database, too. */
  readonly intoDatabase?: true;
}

export interface ScoreJob extends ScoreJobRecord {
  readonly status: "queued" | "running" | "succeeded" | "failed";
  readonly shards: { readonly done: number; readonly total: number | null };
  readonly customers: number | null;
  readonly error: string | null;
}

export interface ScoreJobRequest {
  readonly input: string;
  readonly output?: string;
  readonly modelVersion: string;
  readonly intoDatabase?: boolean;
}

/** Checks a request and writes the job down; nothing is started. @throws ScoreInputError, UnknownModelError. */
export async function createScoreJob(
  { store, clock }: { readonly store: ObjectStore; readonly clock: Clock },
  { input, output, modelVersion, intoDatabase = false }: ScoreJobRequest,
): Promise<ScoreJob> {
  checkPlace(input, SCORE_INPUT_PREFIXES, "input");
  if (output !== undefined) {
    checkPlace(output, [SCORE_OUTPUT_PREFIX], "output");
    if (!output.endsWith("/")) throw new ScoreInputError("output must end with a slash: it is a prefix.");
    if ((await store.list(output)).length > 0) throw new ScoreInputError("There are objects under output already.");
  }
  await readModel(store, modelVersion);
  if ((await scoreInputs(store, input)).length === 0) throw new ScoreInputError("There is nothing to score at input.");
  const now = clock.now();
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const id = `${stamp}-${randomBytes(6).toString("hex")}`;
  const record: ScoreJobRecord = {
    id,
    input,
    output: output ?? `${SCORE_OUTPUT_PREFIX}${id}/`,
    modelVersion,
    createdAt: now.toISOString(),
    ...(intoDatabase ? { intoDatabase } : {}),
  };
  await writeJson(store, scoreJobKey(id), record, { ifAbsent: true });
  return { ...record, status: "queued", shards: { done: 0, total: null }, customers: null, error: null };
}

/** The objects of an input: the object itself, or all under a prefix that ends with a slash. */
export async function scoreInputs(store: ObjectStore, input: string): Promise<{ key: string; bytes: number }[]> {
  if (input.endsWith("/")) return (await store.list(input)).filter((object) => object.bytes > 0);
  const object = await store.head(input);
  return object === undefined ? [] : [object];
}

/** The same rules as those of the stores' keys, checked before any store is asked. */
function checkPlace(place: string, prefixes: readonly string[], name: string): void {
  const prefix = prefixes.find((candidate) => place.startsWith(candidate));
  const parts = place.replace(/\/$/, "").split("/");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  const isClean = !/[\u0000-\u001f\u007f\\]/.test(place) && parts.every((part) => !["", ".", ".."].includes(part));
  if (prefix === undefined || !isClean || place === prefix)
    throw new ScoreInputError(`${name} must be a key below ${prefixes.join(" or ")}.`, { name });
}

/** State and progress, read off what the machine has written. @throws UnknownScoreJobError. */
export async function readScoreJob(store: ObjectStore, id: string): Promise<ScoreJob> {
  if (!JOB_ID.test(id) || (await store.head(scoreJobKey(id))) === undefined) throw new UnknownScoreJobError();
  const record = await readJson<ScoreJobRecord>(store, scoreJobKey(id));
  const [result, failure, plan, done] = await Promise.all([
    optional<{ customers: number }>(store, scoreResultKey(id)),
    optional<{ message: string }>(store, scoreFailureKey(id)),
    optional<{ shards: unknown[] }>(store, scorePlanKey(id)),
    store.list(scoreDonePrefix(id)),
  ]);
  const status = failure ? "failed" : result ? "succeeded" : plan ? "running" : "queued";
  return {
    ...record,
    status,
    shards: { done: done.length, total: plan?.shards.length ?? null },
    customers: result?.customers ?? null,
    error: failure?.message ?? null,
  };
}

/** The latest jobs, the newest first. */
export async function listScoreJobs(store: ObjectStore, limit: number): Promise<ScoreJob[]> {
  const keys = (await store.list(JOBS_PREFIX)).map(({ key }) => key);
  const ids = keys.filter((key) => key.endsWith("/job.json")).map((key) => key.split("/")[2] as string);
  // Ids begin with the moment of the job.
  const latest = ids
    .filter((id) => JOB_ID.test(id))
    .sort()
    .reverse()
    .slice(0, limit);
  return Promise.all(latest.map((id) => readScoreJob(store, id)));
}

/** Jobs that have neither ended nor failed. */
export async function unfinishedScoreJobs(store: ObjectStore): Promise<string[]> {
  const keys = (await store.list(JOBS_PREFIX)).map(({ key }) => key);
  const ended = new Set(keys.filter((key) => /\/(result|failure)\.json$/.test(key)).map((key) => key.split("/")[2]));
  const ids = keys.filter((key) => key.endsWith("/job.json")).map((key) => key.split("/")[2] as string);
  return ids.filter((id) => JOB_ID.test(id) && !ended.has(id));
}

async function optional<T>(store: ObjectStore, key: string): Promise<T | undefined> {
  return (await store.head(key)) === undefined ? undefined : readJson<T>(store, key);
}
