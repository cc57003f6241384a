import { randomBytes } from "node:crypto";
import { addDays } from "../../domain/dates.ts";
import { SegmentationError } from "../../domain/errors.ts";
import type { Forecast, TimeUnit } from "../../domain/forecast/forecast.ts";
import { makeForecast } from "../../domain/forecast/makeForecast.ts";
import type { LifetimeModel } from "../../domain/forecast/types.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunPlan } from "../../workflow/documents.ts";
import {
  type ForecastDates,
  forecastDates,
  forecastPrefix,
  forecastStatements,
  sampledOneIn,
} from "../../workflow/forecast/forecastPlan.ts";
import { readCheckedCustomers, readForecastCells, readOrderDays } from "../../workflow/forecast/readForecast.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { runKey } from "../../workflow/lake/layout.ts";
import { askLake, openRun } from "./openRun.ts";

/** A day of which the run knows nothing. */
export class ForecastDateError extends SegmentationError {
  constructor(asOf: string, firstDay: string, lastDay: string) {
    super(
      "FORECAST_DATE",
      `The current run counts orders from ${firstDay} to ${lastDay}, so nothing can be forecast as of ${asOf}. Give --as-of a day in between.`,
      { asOf, firstDay, lastDay },
    );
  }
}

export interface ForecastRequest {
  /** ISO date; default: the last day of the run. */
  readonly asOf?: string | undefined;
  readonly horizonDays?: number | undefined;
  readonly model: LifetimeModel;
  readonly timeUnit: TimeUnit;
  /** Yearly, 0..1; default: that of the run. */
  readonly discountRate?: number | undefined;
}

/**
 * A forecast over the orders of the lake's current run, from what was known at the end of a day.
 * @throws NoLakeError, ForecastDateError, or LakeBusyError while a run is going on.
 */
export async function forecastLake(directory: string, request: ForecastRequest): Promise<Forecast> {
  const { lakeDirectory, store, manifest } = await openRun(directory);
  const { runId, attempt, snapshotDate, customers } = manifest;
  const [{ config }, { history }] = await Promise.all([
    readJson<RunPlan>(store, runKey(attempt)),
    readJson<Summary>(store, manifest.summaryKey),
  ]);
  const lastDay = addDays(snapshotDate, -1);
  const asOf = request.asOf ?? lastDay;
  if (asOf < history.firstDate || asOf > lastDay) throw new ForecastDateError(asOf, history.firstDate, lastDay);
  const dates = forecastDates(asOf, lastDay, request.horizonDays);
  // A place of its own beside the papers of the attempt, gone afterwards.
  const prefix = forecastPrefix(attempt, randomBytes(4).toString("hex"));
  const outputUri = `${store.uri}/${prefix}`;
  const statements = forecastStatements({ runId, attempt, sampledOneIn: sampledOneIn(customers), outputUri }, dates);
  return askLake(lakeDirectory, prefix, async (engine) => {
    for (const statement of statements) await engine.run(statement);
    // Runs of earlier releases know of no rate.
    const discountRate = request.discountRate ?? config.forecast?.discountRate ?? 0;
    return forecastFrom(store, prefix, { ...request, dates, discountRate, seed: config.clusters.seed });
  });
}

async function forecastFrom(
  store: ObjectStore,
  prefix: string,
  {
    dates,
    ...request
  }: ForecastRequest & {
    readonly dates: ForecastDates;
    readonly discountRate: number;
    readonly seed: number;
  },
): Promise<Forecast> {
  const [cells, orderDays, customers] = await Promise.all([
    readForecastCells(store, prefix),
    readOrderDays(store, prefix),
    dates.laterDays > 0 ? readCheckedCustomers(store, prefix) : null,
  ]);
  const { forecast } = makeForecast({
    ...{ model: request.model, timeUnit: request.timeUnit, discountRate: request.discountRate, seed: request.seed },
    ...{ asOf: dates.asOf, horizonDays: dates.horizonDays, knownUntil: dates.knownUntil },
    ...cells,
    later: customers === null ? null : { days: dates.laterDays, customers },
    orderDays,
  });
  return forecast;
}
