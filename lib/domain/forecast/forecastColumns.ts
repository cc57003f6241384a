import { FORECAST_DAYS, FORECAST_FIGURES, type ForecastFigure } from "../../tables/forecasts.ts";
import { toTenThousandths } from "../money.ts";
import type { CustomerForecasts, Triple } from "./customerForecast.ts";

/**
 * The figures of a stretch of customers, a column each; NaN where there is none. Real numbers have six decimals, so
 * that text and files sort and compare alike; money in ten-thousandths, days since 1970-01-01, flags as 0 and 1.
 */
export type ForecastColumns = Readonly<Record<ForecastFigure, Float64Array>>;

/** The columns of forecasts that were made on a day; of none, every column empty. */
export function forecastColumns(
  found: CustomerForecasts | undefined,
  { rows, forecastDay }: { readonly rows: number; readonly forecastDay: number },
): ForecastColumns {
  if (found === undefined) {
    const empty = new Float64Array(rows).fill(Number.NaN);
    return Object.fromEntries(FORECAST_FIGURES.map((name) => [name, empty])) as ForecastColumns;
  }
  const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
  const dated = (days: number): number => forecastDay + days;
  const { pAlive, nextOrderDays, isLate } = found;
  return {
    ...tripled(pAlive, ["p_alive", "p_alive_low", "p_alive_high"], rounded),
    ...Object.assign(
      {},
      ...FORECAST_DAYS.map((days, h) => ({
        ...tripled(
          found.orders[h],
          [`expected_orders_${days}d`, `orders_${days}d_low`, `orders_${days}d_high`],
          rounded,
        ),
        ...tripled(
          found.values[h],
          [`expected_value_${days}d`, `value_${days}d_low`, `value_${days}d_high`],
          toTenThousandths,
        ),
      })),
    ),
    ...tripled(nextOrderDays, ["next_order_date", "next_order_earliest", "next_order_latest"], dated),
    is_late: Float64Array.from(isLate),
  };
}

function tripled<Name extends ForecastFigure>(
  { expected, low, high }: Triple,
  [ofExpected, ofLow, ofHigh]: readonly [Name, Name, Name],
  stored: (value: number) => number,
): Record<Name, Float64Array> {
  const columns = [
    [ofExpected, expected.map(stored)],
    [ofLow, low.map(stored)],
    [ofHigh, high.map(stored)],
  ];
  return Object.fromEntries(columns) as Record<Name, Float64Array>;
}
