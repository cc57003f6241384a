import { addDays } from "../../domain/dates.ts";
import type { Forecast } from "../../domain/forecast/forecast.ts";
import { cellsOfCustomers } from "../../domain/forecast/holdout.ts";
import { type ForecastResult, makeForecast } from "../../domain/forecast/makeForecast.ts";
import { contentId } from "../../domain/text/hash.ts";
import type { RunPlan } from "../documents.ts";
import type { ForecastDocument } from "../forecast/forecastDocument.ts";
import { forecastDates, forecastKey, PAST_FORECAST, RUN_FORECAST } from "../forecast/forecastPlan.ts";
import { readCheckedCustomers, readForecastCells, readOrderDays } from "../forecast/readForecast.ts";
import { readJson, writeJson } from "../lake/json.ts";
import { curatedPrefix, runKey } from "../lake/layout.ts";
import type { ForecastReference, RunState, StepPorts } from "./state.ts";

const TIME_UNIT = "day";
/** Enough for the coverage of intervals, which is all that the check takes from them. */
const CHECK_DRAWS = 20;

/**
 * Fits the forecast of a run on its last day, and on the day before the back-test's cut, which is checked on the days
 * since. Too little history, or a fit that fails, is a reason in the document: the run goes on without numbers.
 */
export async function fitForecast(ports: StepPorts, state: RunState): Promise<ForecastReference> {
  const runPlan = await readJson<RunPlan>(ports.store, runKey(state.attempt));
  const { config, configHash, lineage } = runPlan;
  if (!config.forecast.enabled) return { forecastKey: null };
  const prefix = curatedPrefix(state.run.runId, state.attempt);
  const { forecast, basis } = await forecastNow(ports, runPlan, prefix);
  const past = forecast.reason === null ? await forecastPast(ports, runPlan, prefix) : null;
  const told: Forecast = {
    ...forecast,
    check: past?.check ?? null,
    tracking: past?.tracking ?? null,
    warnings: [...forecast.warnings, ...(past?.reason == null ? [] : [`No check on the past: ${past.reason}`])],
  };
  const document: ForecastDocument = {
    version: `f-${contentId({ forecast: told, basis }, 12)}`,
    ...{ codeVersion: ports.codeVersion, configHash, lineage, forecast: told, basis },
  };
  const key = forecastKey(prefix);
  await writeJson(ports.store, key, document);
  return { forecastKey: key };
}

async function forecastNow({ store }: StepPorts, { run, config }: RunPlan, prefix: string): Promise<ForecastResult> {
  const lastDay = addDays(run.snapshotDate, -1);
  const { horizonDays } = forecastDates(lastDay, lastDay);
  return makeForecast({
    ...{ model: config.forecast.model, timeUnit: TIME_UNIT, seed: config.clusters.seed },
    discountRate: config.forecast.discountRate,
    ...{ asOf: lastDay, horizonDays, knownUntil: lastDay, later: null, orderDays: [] },
    ...(await readForecastCells(store, `${prefix}${RUN_FORECAST}`)),
  });
}

/** Null where there is no cut, or nobody had ordered before it. */
async function forecastPast({ store }: StepPorts, plan: RunPlan, prefix: string): Promise<Forecast | null> {
  const { run, config, cut } = plan;
  if (cut === null) return null;
  const folder = `${prefix}${PAST_FORECAST}`;
  const dates = forecastDates(addDays(cut.cutDate, -1), addDays(run.snapshotDate, -1));
  const [customers, orderDays] = await Promise.all([readCheckedCustomers(store, folder), readOrderDays(store, folder)]);
  if (customers === null) return null;
  const { forecast } = makeForecast({
    ...{ model: config.forecast.model, timeUnit: TIME_UNIT, seed: config.clusters.seed },
    ...{ asOf: dates.asOf, horizonDays: dates.horizonDays, knownUntil: dates.knownUntil, orderDays },
    ...cellsOfCustomers(customers),
    later: { days: dates.laterDays, customers },
    draws: CHECK_DRAWS,
  });
  return forecast;
}
