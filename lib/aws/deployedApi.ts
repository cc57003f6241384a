import { openCursorKey } from "../api/cursor.ts";
import { type ApiEvent, type ApiPorts, DEFAULT_LIMITS } from "../api/handlers.ts";
import { openModelSource } from "../api/modelSource.ts";
import { ProblemError } from "../api/problems.ts";
import type { SegmentReader } from "../api/segmentReader.ts";
import { openSqlSegments } from "../api/sqlSegments.ts";
import type { StepPorts } from "../workflow/steps/state.ts";
import type { StartExecution } from "./executionStarter.ts";
import { deployedDataApi } from "./segmentDatabase.ts";
import { logger, metrics } from "./telemetry.ts";

/** How long the aliases are taken as read, in milliseconds: a promotion shows after at most this. */
const REFRESH_MS = 5_000;

/** The ports of the scoring API in this deployment. The gateway has checked who asks. */
export function deployedApi({ store, clock }: StepPorts, start: StartExecution): ApiPorts {
  const onFault = (error: unknown, correlationId: string): void =>
    logger.error("An API request failed", { correlation_id: correlationId, error: error as Error });
  return {
    store,
    clock,
    models: openModelSource(store, {
      now: () => performance.now(),
      refreshMs: REFRESH_MS,
      onStale: (error) => onFault(error, "model-refresh"),
    }),
    segments: deployedSegments(),
    startScoreJob: async (jobId) => void (await start(jobId, { jobId })),
    cursorKey: openCursorKey(store),
    limits: DEFAULT_LIMITS,
    observe,
    onFault,
  };
}

/** Published segments through the Data API. Without a database there is nothing to ask for customers. */
function deployedSegments(): SegmentReader {
  const api = deployedDataApi();
  if (api !== undefined)
    return openSqlSegments(
      (sql, parameters) => api.query(sql, parameters),
      async () => undefined,
    );
  const refuse = () => Promise.reject(new ProblemError(409, "NO_DATABASE", "This deployment keeps no customers."));
  return {
    currentRun: refuse,
    runs: async () => [],
    summary: refuse,
    customers: refuse,
    history: refuse,
    page: refuse,
    close: async () => undefined,
  };
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
