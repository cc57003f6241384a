import { createScoreJob, readScoreJob, type ScoreJob } from "../../workflow/scoring/scoringJob.ts";
import { jobParams, noQuery, type OperationId } from "../operations.ts";
import { checked } from "../problems.ts";
import { bodyFormat, parseJson, readText } from "../requestBody.ts";
import { scoreJobRequestSchema } from "../segments/lakeSchemas.ts";
import type { ApiContext, ApiHandler, ApiPorts } from "../types.ts";
import { requireModels } from "./modelSource.ts";

/** POST /score-jobs and GET /score-jobs/{id}. */
export function scoreJobHandlers(
  ports: ApiPorts,
): Readonly<Record<Extract<OperationId, "startScoreJob" | "getScoreJob">, ApiHandler>> {
  return {
    startScoreJob: (context) => startScoreJob(ports, context),
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
  const { input, output, model } = checked(scoreJobRequestSchema, body);
  const modelVersion = model ?? (await requireModels(ports)).champion.card.modelVersion;
  const job = await createScoreJob(ports, { input, modelVersion, ...(output === undefined ? {} : { output }) });
  await ports.startScoreJob(job.id);
  // Relative to the request's own path, for a gateway may have put a stage before it.
  return context.json(answerOf(job), 202, { location: `score-jobs/${job.id}` });
}

function answerOf({ id, status, input, output, modelVersion, createdAt, shards, customers, error }: ScoreJob) {
  return {
    id,
    status,
    input,
    output,
    model_version: modelVersion,
    created_at: createdAt,
    shards,
    customers,
    error,
  };
}
