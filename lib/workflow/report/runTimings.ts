import type { StateTiming } from "../../domain/dashboard/types.ts";
import type { StepRecord } from "../steps/recordedStep.ts";
import type { RunState } from "../steps/state.ts";
import type { StepName } from "../taskSteps.ts";
import type { StepUsage } from "./stepMeter.ts";

type Queries = RunState["queries"];

/**
 * States that take time up to the report, in the order of the flow: the step that runs, or where results of queries
 * lie.
 */
export const TIMED_STATES: readonly (readonly [string, StepName | ((queries: Queries) => unknown)])[] = [
  ["Ingest", "Ingest"],
  ["EnsureTables", ({ tables }) => tables],
  ["CleanTransactions", ({ clean }) => clean],
  ["ReconcileIngest", ({ reconcile }) => reconcile],
  ["CheckQuality", "CheckQuality"],
  ["CommitIngest", ({ commit }) => commit],
  ["DescribeHistory", ({ history }) => history],
  ["PlanRun", "PlanRun"],
  ["MatchReturns", ({ returns }) => returns],
  ["BuildFeatures", ({ features }) => features],
  ["DescribeFeatures", ({ describeFeatures }) => describeFeatures],
  ["PlanClustering", "PlanClustering"],
  ["FitShards", "FitShard"],
  ["BuildOrders", ({ orders }) => orders],
  ["BuildMarts", ({ marts }) => marts],
  ["FitForecast", "FitForecast"],
  ["SelectModel", "SelectModel"],
  ["ScoreShards", "ScoreShard"],
  ["SummariseSegments", ({ summaries }) => summaries],
  ["PublishReport", "PublishReport"],
];

/**
 * Milliseconds of each state that ran, in the order of the flow, by the records of its steps or the engine's own
 * statistics of its statements; what ran side by side is added up.
 * @param soFar what PublishReport, which is still running, has used.
 */
export function runTimings(records: readonly StepRecord[], queries: Queries, soFar: StepUsage): StateTiming[] {
  return TIMED_STATES.flatMap(([state, source]) => {
    const isSql = typeof source === "function";
    const times = isSql ? statementTimes(source(queries)) : stepTimes(source, records, soFar);
    if (times.length === 0) return [];
    const milliseconds = times.reduce((sum, time) => sum + time, 0);
    const longestMilliseconds = times.reduce((most, time) => Math.max(most, time), 0);
    return [{ state, engine: isSql ? "sql" : "code", calls: times.length, milliseconds, longestMilliseconds }];
  });
}

function stepTimes(step: StepName, records: readonly StepRecord[], soFar: StepUsage): number[] {
  if (step === "PublishReport") return [soFar.milliseconds];
  return records.filter((record) => record.step === step).map(({ milliseconds }) => milliseconds);
}

function statementTimes(results: unknown): number[] {
  if (results === undefined || results === null) return [];
  const list = [results].flat() as { statistics?: { TotalExecutionTimeInMillis?: number } }[];
  return list.map((result) => result?.statistics?.TotalExecutionTimeInMillis ?? 0);
}
