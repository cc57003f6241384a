import { createScoreJob, listScoreJobs, readScoreJob, type ScoreJob } from "../../workflow/scoring/scoringJob.ts";
import { jobParams, jobsQuery, noQuery, type OperationId } from "../operations.ts";
import { checked, ProblemError } from "../problems.ts";
import { bodyFormat, parseJson, readText } from "../requestBody.ts";
import { LIMITS } from "../schemas.ts";
import { scoreJobRequestSchema } from "../segments/lakeSchemas.ts";
import type { ApiContext, ApiHandler, ApiPorts } from "../types.ts";
import { requireModels } from "./modelSource.ts";

/** POST and GET /score-jobs, GET /score-jobs/{id}. */
export function scoreJobHandlers(
  ports: ApiPorts,
): Readonly<Record<Extract<OperationId, "startScoreJob" | "listScoreJobs" | "getScoreJob">, ApiHandler>> {
  return {
    startScoreJob: (context) => startScoreJob(ports, context),
    async listScoreJobs(context) {
      const { limit = LIMITS.defaultJobs } = checked(jobsQuery, context.req.query());
      return context.json({ jobs: (await listScoreJobs(ports.store, limit)).map(answerOf) });
    },
    async getScoreJob(context) {
      checked(noQuery, context.req.query());
      const { id } = checked(jobParams, { id: context.req.param("id") });
      return context.json(answerOf(await readScoreJob(ports.store, id)));
    },
  };
}

async function startScoreJob(ports: ApiPorts, context: ApiContext): Promise<Response> {
  checked(noQuery, context.req.query());
  bodyFormat(context.req.raw.headers, ["json"]);
  const body = parseJson(await readText(context.req.raw, ports.limits.maxBodyBytes), "The body");
  const { input, output, model, into_database: intoDatabase = false } = checked(scoreJobRequestSchema, body);
  if (intoDatabase && ports.hasPredictionTable !== true)
    throw new ProblemError(422, "NO_DATABASE", "This service has no PostgreSQL database: leave into_database out.");
  const modelVersion = model ?? (await requireModels(ports)).champion.card.modelVersion;
  const job = await createScoreJob(ports, {
    ...{ input, modelVersion, intoDatabase },
    ...(output === undefined ? {} : { output }),
  });
  await ports.startScoreJob(job.id);
  // Relative to the request's own path, for a gateway may have put a stage before it.
  return context.json(answerOf(job), 202, { location: `score-jobs/${job.id}` });
}

function answerOf(job: ScoreJob) {
  const { id, status, input, output, modelVersion, createdAt, shards, customers, error } = job;
  return {
    id,
    status,
    input,
    output,
    model_version: modelVersion,
    created_at: createdAt,
    into_database: job.intoDatabase === true,
    shards,
    customers,
    error,
  };
}
