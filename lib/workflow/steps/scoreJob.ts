import { EncodingError } from "../../domain/clustering/errors.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { featuresOfModel } from "../../domain/rfm/featureColumns.ts";
import { type ScoredColumns, scoreFeatures } from "../../domain/rfm/scoreFeatures.ts";
import type { PredictionTable } from "../../ports.ts";
import { readJson, writeJson } from "../lake/json.ts";
import { partName } from "../lake/layout.ts";
import { readModel } from "../models/modelRegistry.ts";
import { columnsOf, scoredCsv } from "../scoring/scoredCsv.ts";
import { readScoreRows, type ScoreRange, type ScoreRows } from "../scoring/scoringInput.ts";
import {
  ScoreInputError,
  type ScoreJobRecord,
  scoreDonePrefix,
  scoreFailureKey,
  scoreInputs,
  scoreJobKey,
  scorePlanKey,
  scoreResultKey,
} from "../scoring/scoringJob.ts";
import { scoreRangesOf } from "../scoring/scoringRanges.ts";
import type { StepPorts } from "./state.ts";

/** The steps of the scoring machine: one function, for all need the same of the lake. */
export type ScoreJobInput =
  | { readonly step: "plan"; readonly input: { readonly jobId: string } }
  | { readonly step: "score"; readonly input: { readonly jobId: string; readonly shard: number } }
  | { readonly step: "finish"; readonly input: { readonly jobId: string } }
  | { readonly step: "fail"; readonly input: { readonly jobId: string; readonly error?: MachineError } };

interface MachineError {
  readonly Error?: string;
  readonly Cause?: string;
}

interface ScorePlan {
  readonly shards: readonly ScoreRange[];
}

export type ScoreJobPorts = Pick<StepPorts, "store" | "clock"> & {
  readonly mapConcurrency: number;
  /** Where jobs that ask for it load their predictions; absent where there is no database. */
  readonly predictions?: PredictionTable | undefined;
};

/** A distributed Map starts as many children, and the plan is read by each. */
const MAX_SHARDS = 10_000;

/** One step of a score job. @throws ScoreInputError: the job fails with their words. */
export async function scoreJobStep(ports: ScoreJobPorts, { step, input }: ScoreJobInput): Promise<unknown> {
  if (step === "plan") return planScoring(ports, input.jobId);
  if (step === "score") return scoreInputShard(ports, input.jobId, input.shard);
  if (step === "finish") return finishScoring(ports, input.jobId);
  return recordScoringFailure(ports, input.jobId, input.error);
}

async function planScoring(ports: ScoreJobPorts, jobId: string): Promise<unknown> {
  const { store, mapConcurrency } = ports;
  const job = await readJson<ScoreJobRecord>(store, scoreJobKey(jobId));
  const { input, modelVersion, createdAt } = job;
  const objects = await scoreInputs(store, input);
  const features = featuresOfModel(await readModel(store, modelVersion));
  const shards = (await Promise.all(objects.map((object) => scoreRangesOf(store, object, features)))).flat();
  if (shards.length === 0) throw new ScoreInputError(`There is nobody to score in ${input}.`, { input });
  if (shards.length > MAX_SHARDS)
    throw new ScoreInputError(`${input} makes ${shards.length} shards; ${MAX_SHARDS} are the limit.`, { input });
  const plan: ScorePlan = { shards };
  await writeJson(store, scorePlanKey(jobId), plan);
  await tableOf(ports, job)?.begin({ jobId, modelVersion, createdAt });
  return { shards: shards.map((_, shard) => shard), concurrency: mapConcurrency };
}

/** The table that a job's predictions go into; undefined for objects alone. @throws ScoreInputError without one. */
function tableOf({ predictions }: ScoreJobPorts, { intoDatabase }: ScoreJobRecord): PredictionTable | undefined {
  if (intoDatabase === true && predictions === undefined)
    throw new ScoreInputError("There is no database for the predictions: leave into_database out.");
  return intoDatabase === true ? predictions : undefined;
}

/** Scores one stretch, writes its part, then its marker. Doing it again writes the same. */
async function scoreInputShard(ports: ScoreJobPorts, jobId: string, shard: number): Promise<number> {
  const { store } = ports;
  const [job, plan] = await Promise.all([
    readJson<ScoreJobRecord>(store, scoreJobKey(jobId)),
    readJson<ScorePlan>(store, scorePlanKey(jobId)),
  ]);
  const range = plan.shards[shard] as ScoreRange;
  const model = await readModel(store, job.modelVersion);
  const rows = await readScoreRows(store, range, featuresOfModel(model));
  const scored = scoreRows(model, rows, range);
  const csv = scoredCsv(rows.customerId, scored, job.modelVersion);
  const key = `${job.output}${partName(shard, "csv")}`;
  await store.write(key, csv, { contentType: "text/csv; charset=utf-8" });
  const part = { store, key, columns: columnsOf(scored), rows: rows.customerId.length };
  await tableOf(ports, job)?.loadPart(jobId, part);
  const marker = `${scoreDonePrefix(jobId)}${partName(shard, "json")}`;
  await writeJson(store, marker, { rows: rows.customerId.length });
  return shard;
}

/** @throws ScoreInputError without the value that the model cannot take. */
function scoreRows(model: ModelCard, rows: ScoreRows, { key, start }: ScoreRange): ScoredColumns {
  try {
    return scoreFeatures(model, rows);
  } catch (error) {
    if (!(error instanceof EncodingError) || error.code !== "ENCODING_VALUE") throw error;
    const { feature, row, value } = error.context;
    const needs = Number.isNaN(value) ? "a value" : "values above -1";
    throw new ScoreInputError(
      `${key}: ${String(feature)} of row ${Number(row) + 1}, counted from ${start.toLocaleString("en")} on, is nothing that the model takes: it needs ${needs}.`,
      { key, feature },
    );
  }
}

async function finishScoring(ports: ScoreJobPorts, jobId: string): Promise<unknown> {
  const { store, clock } = ports;
  const plan = await readJson<ScorePlan>(store, scorePlanKey(jobId));
  const markers = await store.list(scoreDonePrefix(jobId));
  if (markers.length !== plan.shards.length)
    throw new ScoreInputError(`${markers.length} of ${plan.shards.length} shards are done.`, { jobId });
  let customers = 0;
  for (const { key } of markers) customers += (await readJson<{ rows: number }>(store, key)).rows;
  await tableOf(ports, await readJson<ScoreJobRecord>(store, scoreJobKey(jobId)))?.finish(jobId, customers);
  const result = { customers, finishedAt: clock.now().toISOString() };
  await writeJson(store, scoreResultKey(jobId), result);
  return result;
}

async function recordScoringFailure(
  { store, clock }: ScoreJobPorts,
  jobId: string,
  error: MachineError | undefined,
): Promise<unknown> {
  const failure = {
    error: error?.Error ?? "UnknownError",
    message: readableCause(error?.Cause ?? "No cause was given.").slice(0, 2_000),
  };
  await writeJson(store, scoreFailureKey(jobId), { ...failure, failedAt: clock.now().toISOString() });
  return failure;
}

/** Lambda wraps an error as JSON; the sentence inside is what a person wants. */
function readableCause(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (parsed !== null && typeof parsed === "object" && "errorMessage" in parsed) return String(parsed.errorMessage);
  } catch {
    // Not JSON, so it is the sentence already.
  }
  return cause;
}
