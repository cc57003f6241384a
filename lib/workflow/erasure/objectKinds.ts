import type { AffectedSource } from "../../domain/audience/erasure.ts";
import { INCOMING_PREFIX, rawRowsKey } from "../lake/layout.ts";
import { SCORE_INPUT_PREFIXES } from "../scoring/scoringJob.ts";

const ORIGINAL = /^raw\/ingest_id=([^/]+)\/original\/(.+)$/;
const [SCORE_INPUT] = SCORE_INPUT_PREFIXES;

/** Waits for a run or for a score job. */
const isWaiting = (key: string): boolean => key.startsWith(INCOMING_PREFIX) || key.startsWith(SCORE_INPUT);

/** Kept as somebody else wrote it. */
export const isAsDropped = (key: string): boolean => isWaiting(key) || ORIGINAL.test(key);

/** Papers of a moment, which nothing reads again, and results that can be asked for again. */
export const isPassing = (key: string): boolean => /^(staging|athena-results|scoring\/output)\//.test(key);

/** Whether nothing tells who is in a file as dropped: no run has read it, or none could. */
export function isOfNoRows(key: string, keys: ReadonlySet<string>): boolean {
  const ingestId = ORIGINAL.exec(key)?.[1];
  return ingestId === undefined || !keys.has(rawRowsKey(ingestId));
}

/** Whether an object is the file that a source was dropped as; sources within an archive begin with its name. */
export function isFileOf({ ingestId, source }: AffectedSource, key: string): boolean {
  const original = ORIGINAL.exec(key);
  if (original !== null && original[1] !== ingestId) return false;
  if (original === null && !key.startsWith(INCOMING_PREFIX)) return false;
  const name = original?.[2] ?? key.slice(INCOMING_PREFIX.length);
  const names = [name, name.replace(/\.(gz|zst)$/i, "")];
  return names.some((candidate) => source === candidate || source.startsWith(`${candidate}/`));
}
