import { type WinBack, type WinBackSums, winBackOf } from "../../domain/forecast/winBack.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import { readJson } from "../lake/json.ts";
import { curatedPrefix } from "../lake/layout.ts";
import type { RunState } from "../steps/state.ts";
import type { ForecastDocument } from "./forecastDocument.ts";
import { winBackPrefix } from "./shardForecasts.ts";

/** The forecast's models, and what it says, for `summary.json`. */
export async function summariseForecast(
  store: ObjectStore,
  state: RunState,
): Promise<Pick<Summary, "lifetime" | "spend" | "forecast">> {
  const { forecast } = state;
  if (forecast === undefined || forecast.forecastKey === null) return { lifetime: null, spend: null, forecast: null };
  const { version, forecast: told, basis } = await readJson<ForecastDocument>(store, forecast.forecastKey);
  const { lifetime, spend, ...rest } = told;
  const winBack = basis === null || spend === null ? {} : { winBack: await readWinBack(store, state) };
  return { lifetime, spend, forecast: { version, ...rest, ...winBack } };
}

/** Parts read side by side. */
const PARTS_AT_ONCE = 32;

async function readWinBack(store: ObjectStore, { run, attempt }: RunState): Promise<WinBack[]> {
  const objects = await store.list(winBackPrefix(curatedPrefix(run.runId, attempt)));
  const parts: WinBackSums[] = [];
  for (let from = 0; from < objects.length; from += PARTS_AT_ONCE) {
    const some = objects.slice(from, from + PARTS_AT_ONCE);
    parts.push(...(await Promise.all(some.map(({ key }) => readJson<WinBackSums[]>(store, key)))).flat());
  }
  return winBackOf(parts);
}
