import { addDays, daysBetween } from "../../domain/dates.ts";
import { STAGES } from "../../tables/stages.ts";
import type { BacktestCut } from "../documents.ts";
import { attemptPrefix, curatedPrefix } from "../lake/layout.ts";
import { unloadsOf } from "../sql/combineUnloads.ts";
import type { StatementParameters } from "../sql/parameters.ts";
import type { RunIdentity } from "../steps/state.ts";

/** Statements that a forecast reads, in the order of their run. */
export const FORECAST_STATEMENTS = ["forecast_cells", "forecast_days", "forecast_customers"] as const;
type ForecastStage = (typeof FORECAST_STATEMENTS)[number];
/** More customers than these add nothing to the digits of a check. */
const MOST_CHECKED = 100_000;
export const sampledOneIn = (customers: number): number => Math.max(1, Math.ceil(customers / MOST_CHECKED));
/** Where nothing is known of the time after. */
export const DEFAULT_HORIZON_DAYS = 90;

export interface ForecastDates {
  /** ISO date: orders up to its end are known. */
  readonly asOf: string;
  /** Last day of which the run knows orders, at most a horizon later. */
  readonly knownUntil: string;
  readonly horizonDays: number;
  /** Days of the horizon that are known. */
  readonly laterDays: number;
}

/**
 * The days of a forecast.
 * @param lastDay last day whose orders the run counts.
 * @param horizonDays default: what is known of the time after, or 90 days.
 */
export function forecastDates(asOf: string, lastDay: string, horizonDays?: number): ForecastDates {
  const after = Math.max(0, daysBetween(asOf, lastDay));
  const horizon = horizonDays ?? (after > 0 ? after : DEFAULT_HORIZON_DAYS);
  const laterDays = Math.min(after, horizon);
  return { asOf, knownUntil: addDays(asOf, laterDays), horizonDays: horizon, laterDays };
}

export interface ForecastOf {
  readonly runId: string;
  readonly attempt: string;
  /** One customer in so many is checked. */
  readonly sampledOneIn: number;
  /** S3 URI of the folder for the results, with a final slash. */
  readonly outputUri: string;
}

/** Folders of a run's results: the forecast from its last day on, and the one of the back-test's cut. */
export const RUN_FORECAST = "forecast/";
export const PAST_FORECAST = "forecast/past/";

export interface RunForecastOf {
  readonly run: RunIdentity;
  readonly attempt: string;
  readonly lakeUri: string;
  /** The back-test's cut; absent where the history is too short for one. */
  readonly cut?: BacktestCut | undefined;
}

/** The statements of a run's forecast; with a cut, also of one from then on. */
export function runForecastStatements({ run, attempt, lakeUri, cut }: RunForecastOf): string[] {
  const prefix = `${lakeUri}/${curatedPrefix(run.runId, attempt)}`;
  const lastDay = addDays(run.snapshotDate, -1);
  const of = (folder: string, asOf: string, sampledOneIn: number, names: readonly ForecastStage[]): string[] =>
    forecastStatements(
      { runId: run.runId, attempt, sampledOneIn, outputUri: `${prefix}${folder}` },
      forecastDates(asOf, lastDay),
      names,
    );
  return [
    ...of(RUN_FORECAST, lastDay, 1, ["forecast_cells"]),
    // The check counts its cells itself: its customers are read anyway, and a run's statements must stay small.
    ...(cut === undefined
      ? []
      : of(PAST_FORECAST, addDays(cut.cutDate, -1), cut.sampledOneIn, ["forecast_days", "forecast_customers"])),
  ];
}

/** The statements of a forecast over the orders of a run; what came after is asked for where there is any. */
export function forecastStatements(
  run: ForecastOf,
  { asOf, knownUntil, laterDays }: ForecastDates,
  names: readonly ForecastStage[] = FORECAST_STATEMENTS,
): string[] {
  const parameters: StatementParameters = {
    ...{ run_id: run.runId, attempt: run.attempt, forecast_date: asOf, known_until: knownUntil },
    sample_modulus: String(run.sampledOneIn),
  };
  const tables = names
    .filter((name) => name !== "forecast_customers" || laterDays > 0)
    .map((name) => ({ name, contract: STAGES[name], source: `forecast/${name}` }));
  return unloadsOf(tables, parameters, run.outputUri);
}

/** What a run forecasts from. */
export const forecastKey = (prefix: string): string => `${prefix}forecast.json`;

/** A place for the papers of a forecast beside those of its run. */
export const forecastPrefix = (attempt: string, name: string): string => `${attemptPrefix(attempt)}forecast-${name}/`;
