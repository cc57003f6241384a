import type { ForecastCard } from "../../domain/forecast/forecast.ts";
import type { ObjectStore } from "../../ports.ts";
import { readJson } from "../lake/json.ts";
import type { ForecastDocument } from "./forecastDocument.ts";

/** A run's forecast as its model card has it; undefined where the run was not to make one. */
export async function forecastCardOf(
  store: ObjectStore,
  forecastKey: string | null,
): Promise<ForecastCard | undefined> {
  if (forecastKey === null) return undefined;
  const { version, forecast, basis } = await readJson<ForecastDocument>(store, forecastKey);
  const { asOf, historyDays, customers, repeatBuyers, reason, lifetime, spend, warnings, check, discountRate } =
    forecast;
  return {
    ...{ version, asOf, historyDays, customers, repeatBuyers, reason, lifetime, spend },
    ...(discountRate === undefined ? {} : { discountRate }),
    draws: (basis?.draws ?? []).map(({ lifetime: drawn, spend: spent }) => ({ lifetime: drawn, spend: spent })),
    check: check === null ? null : withoutTable(check),
    warnings,
  };
}

const withoutTable = ({ days, customers, orders, value, coverage }: NonNullable<ForecastCard["check"]>) => ({
  ...{ days, customers, orders, value, coverage },
});
