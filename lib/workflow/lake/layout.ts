import { contentId } from "../../domain/text/hash.ts";

/** Where everything lies in the lake: keys relative to its root. Prefixes end with a slash. */

export const INCOMING_PREFIX = "incoming/";
/** Where a stream's objects arrive, on AWS. */
export const STREAM_PREFIX = `${INCOMING_PREFIX}stream/`;
/** What of them is in the history. */
export const STREAM_STATE_KEY = "stream/state.json";
/** Where records go that could not be delivered. */
export const STREAM_ERRORS_PREFIX = "stream/errors/";
export const ALIASES_KEY = "models/aliases.json";
export const LEDGER_PREFIX = "ledger/";
/** The last moment that the ledger handed out. */
export const LEDGER_CLOCK_KEY = `${LEDGER_PREFIX}clock.json`;
/** Whose turn it is to run, on AWS. */
export const TURN_KEY = `${LEDGER_PREFIX}turn.json`;
export const RUNS_PREFIX = "runs/";

/** Everything of one ingest: the file as dropped, its rows as Parquet, and the reconciliation. */
export const ingestPrefix = (ingestId: string): string => `raw/ingest_id=${ingestId}/`;
export const rawRowsKey = (ingestId: string): string => `${ingestPrefix(ingestId)}rows/part-00000.parquet`;
export const rawSourcesKey = (ingestId: string): string => `${ingestPrefix(ingestId)}sources/part-00000.parquet`;
export const droppedFoldersKey = (ingestId: string): string => `${ingestPrefix(ingestId)}folders/part-00000.parquet`;
/** S3 takes keys of so many bytes, of which a copy's prefix needs some. */
const MAX_KEY_BYTES = 1_024;
/** Where the copy of a file goes as it was dropped; of a name that is too long there, its end behind a digest of it. */
export function originalKey(ingestId: string, source: string): string {
  const prefix = `${ingestPrefix(ingestId)}original/`;
  if (Buffer.byteLength(prefix + source) <= MAX_KEY_BYTES) return prefix + source;
  const cut = `${prefix}${contentId(source, 16)}-`;
  const end = [...(source.split("/").at(-1) ?? source)];
  while (Buffer.byteLength(cut + end.join("")) > MAX_KEY_BYTES) end.shift();
  return cut + end.join("");
}
export const readingKey = (ingestId: string): string => `${ingestPrefix(ingestId)}reading.json`;
export const qualityKey = (ingestId: string): string => `${ingestPrefix(ingestId)}quality.json`;

/** Run artifacts of one attempt: the configuration it ran with, the history it saw, why it failed. */
export const attemptPrefix = (attempt: string): string => `attempts/attempt=${attempt}/`;
export const configKey = (attempt: string): string => `${attemptPrefix(attempt)}config.json`;
export const runKey = (attempt: string): string => `${attemptPrefix(attempt)}run.json`;
export const failureKey = (attempt: string): string => `${attemptPrefix(attempt)}failure.json`;
/** What each step used; children of a Map by state and shard: `steps/FitShard-00042.json`. */
export const stepsPrefix = (attempt: string): string => `${attemptPrefix(attempt)}steps/`;
/** Why steps failed, under the names that they have in `steps/`. */
export const failedStepsPrefix = (attempt: string): string => `${attemptPrefix(attempt)}failed_steps/`;

/** Results of a run. The same inputs give the same run id, so each attempt at it writes beside the others. */
export const curatedPrefix = (runId: string, attempt: string): string => `curated/run_id=${runId}/attempt=${attempt}/`;
/** The column by which a statement of several tables parts its rows: each table has a folder of its own. */
export const TABLE_PARTITION = "rows_of";
/** Folder of a table in a run's or an ingest's results; those of one statement lie within one folder. */
export const tablePrefix = (prefix: string, name: string, within?: string): string =>
  within === undefined ? `${prefix}${name}/` : `${prefix}${within}/${TABLE_PARTITION}=${name}/`;
export const reportPrefix = (runId: string, attempt: string): string => `reports/run_id=${runId}/attempt=${attempt}/`;
/** Written last: names the attempt whose results are the run's. */
export const manifestKey = (runId: string): string => `${RUNS_PREFIX}${runId}.json`;
/** Against what the run of the same inputs was first published, so that it can be repeated to the byte. */
export const referenceKey = (inputsId: string): string => `references/${inputsId}.json`;
export const modelKey = (modelVersion: string): string => `models/${modelVersion}.json`;

/** That an audience was exported, and digests of what it held then. */
export const EXPORTS_PREFIX = "exports/";
export const exportMembersKey = (audience: string): string => `${EXPORTS_PREFIX}${audience}/members.gz`;
export const exportRecordKey = (audience: string, exportedAt: string): string =>
  `${EXPORTS_PREFIX}${audience}/${exportedAt.replace(/[-:.]/g, "")}.json`;

/** Folder of a table that BI tools read. */
export const publishedPrefix = (table: string): string => `published/${table}/`;

/** Name of part `index` of a stage, so that key order is row order: `part-00042.parquet`. */
export const partName = (index: number, extension: string): string =>
  `part-${String(index).padStart(5, "0")}.${extension}`;
