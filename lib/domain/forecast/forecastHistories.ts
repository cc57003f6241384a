import { SEGMENT_FORECAST, type SegmentFigure } from "../../tables/forecasts.ts";
import { dateOfDayNumber, dayNumber } from "../dates.ts";
import { forecastCustomers } from "./customerForecast.ts";
import type { ForecastCard } from "./forecast.ts";
import { forecastColumns } from "./forecastColumns.ts";

/** What a card's forecast needs to know of a customer whom its run has not seen. */
export interface GivenHistory {
  /** Days with an order after the first such day. */
  readonly repeatOrders: number;
  /** From the first order to the last. */
  readonly recencyDays: number;
  /** From the first order to the day of the forecast. */
  readonly ageDays: number;
  /** Money after the first day; NaN where nobody knows, and then a repeat buyer has no value. */
  readonly repeatSpend: number;
  /** ISO date: day up to which the orders are known. */
  readonly forecastDate: string;
}

/** The figures of one customer as segments have them: money in the files' currency, days as ISO dates. */
export type GivenFigures = {
  readonly [Name in SegmentFigure]:
    | (Name extends "is_late" ? boolean : Name extends "next_order_date" ? string : number)
    | null;
};

/** Forecasts customers by the parameters of a card; undefined where it has none. */
export function forecastHistories(card: ForecastCard, given: readonly GivenHistory[]): GivenFigures[] | undefined {
  const { lifetime, spend, draws, discountRate } = card;
  if (lifetime === null) return undefined;
  const fitted = { model: lifetime.model, lifetime: lifetime.parameters, spend: spend?.parameters ?? null };
  const column = (of: (history: GivenHistory) => number): Float64Array => Float64Array.from(given, of);
  const customers = {
    repeatOrders: column(({ repeatOrders }) => repeatOrders),
    recencyDays: column(({ recencyDays }) => recencyDays),
    ageDays: column(({ ageDays }) => ageDays),
    repeatSpend: column(({ repeatSpend }) => repeatSpend),
  };
  const found = forecastCustomers(fitted, draws.length === 0 ? [fitted] : draws, customers, discountRate);
  const columns = forecastColumns(found, { rows: given.length, forecastDay: 0 });
  const figureOf = (name: SegmentFigure, row: number): number | string | boolean | null => {
    const value = columns[name][row] as number;
    if (!Number.isFinite(value)) return null;
    const { holds } = SEGMENT_FORECAST[name];
    if (holds === "money") return value / 10_000;
    if (holds === "day") return dateOfDayNumber(dayNumber((given[row] as GivenHistory).forecastDate) + value);
    return holds === "flag" ? value === 1 : value;
  };
  const names = Object.keys(SEGMENT_FORECAST) as SegmentFigure[];
  return given.map((_, row) => Object.fromEntries(names.map((name) => [name, figureOf(name, row)])) as GivenFigures);
}
