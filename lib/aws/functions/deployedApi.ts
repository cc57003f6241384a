import { ProblemError } from "../../api/problems.ts";
import { openModelSource } from "../../api/scoring/modelSource.ts";
import { openCursorKey } from "../../api/segments/cursor.ts";
import { openFileSegments } from "../../api/segments/fileSegments.ts";
import type { SegmentReader } from "../../api/segments/segmentReader.ts";
import { openSqlSegments } from "../../api/segments/sqlSegments.ts";
import { type ApiEvent, type ApiPorts, DEFAULT_LIMITS } from "../../api/types.ts";
import type { ObjectStore } from "../../ports.ts";
import type { StepPorts } from "../../workflow/steps/state.ts";
import { isResuming } from "../database/dataApi.ts";
import { deployedDataApi } from "../database/deployedDatabase.ts";
import { setting } from "./environment.ts";
import type { StartExecution } from "./executionStarter.ts";
import { logFailure } from "./failureLog.ts";
import { logger, metrics } from "./telemetry.ts";

/** How long the aliases are taken as read, in milliseconds: a promotion shows after at most this. */
const REFRESH_MS = 5_000;
/**
 * After this no further wait begins (of 10 s at most) for a database that starts from zero: the gateway gives up after
 * 29 s.
 */
const RESUME_TIMEOUT_MS = 14_000;

/** The ports of the scoring API in this deployment. The gateway has checked who asks. */
export function deployedApi({ store, clock }: StepPorts, start: StartExecution): ApiPorts {
  const onFault = (error: unknown, correlationId: string): void =>
    logFailure(error, "An API request failed.", { correlation_id: correlationId });
  return {
    store,
    clock,
    models: openModelSource(store, {
      now: () => performance.now(),
      refreshMs: REFRESH_MS,
      onStale: (error) => onFault(error, "model-refresh"),
    }),
    segments: deployedSegments(store),
    hasPredictionTable: setting("databaseCluster") !== "none",
    startScoreJob: async (jobId) => void (await start(jobId, { jobId })),
    cursorKey: openCursorKey(store),
    limits: DEFAULT_LIMITS,
    allowedOrigins: setting("apiOrigins")
      .split(",")
      .filter((origin) => origin !== "none"),
    observe,
    onFault,
  };
}

/** Published segments through the Data API; without a database, out of the runs' files. */
function deployedSegments(store: ObjectStore): SegmentReader {
  const api = deployedDataApi({ resumeTimeoutMs: RESUME_TIMEOUT_MS });
  if (api !== undefined)
    return openSqlSegments(
      (sql, parameters) => api.query<never>(sql, parameters).catch(refuseWhileResuming),
      async () => undefined,
    );
  return openFileSegments(store);
}

/** A database that is at zero answers after 15 to 60 seconds. @throws ProblemError 503, or the error itself. */
function refuseWhileResuming(error: unknown): never {
  if (!isResuming(error)) throw error;
  throw new ProblemError(503, "DATABASE_RESUMING", "The database is starting.", { headers: { "retry-after": "15" } });
}

/** A line and metrics per request: counts and durations, never values or customers. */
function observe({ operation, status, durationMs, correlationId, scored }: ApiEvent): void {
  logger.info("Request", { operation, status, durationMs, correlation_id: correlationId, ...(scored && { scored }) });
  metrics.addMetric("ApiDuration", "Milliseconds", durationMs);
  metrics.addMetric("ApiFaults", "Count", status >= 500 ? 1 : 0);
  for (const [arm, customers] of Object.entries(scored ?? {}))
    metrics.addMetric(arm === "champion" ? "ScoredByChampion" : "ScoredByChallenger", "Count", customers);
  metrics.publishStoredMetrics();
}
