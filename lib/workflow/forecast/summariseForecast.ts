import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import { readJson } from "../lake/json.ts";
import type { RunState } from "../steps/state.ts";
import type { ForecastDocument } from "./forecastDocument.ts";

/** The forecast's models, and what it says, for `summary.json`. */
export async function summariseForecast(
  store: ObjectStore,
  { forecast }: RunState,
): Promise<Pick<Summary, "lifetime" | "spend" | "forecast">> {
  if (forecast === undefined || forecast.forecastKey === null) return { lifetime: null, spend: null, forecast: null };
  const { version, forecast: told } = await readJson<ForecastDocument>(store, forecast.forecastKey);
  const { lifetime, spend, ...rest } = told;
  return { lifetime, spend, forecast: { version, ...rest } };
}
