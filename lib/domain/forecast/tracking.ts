import { addDays, daysBetween } from "../dates.ts";
import type { Fitted } from "./fit/parameterDraws.ts";
import type { Forecast } from "./forecast.ts";
import { newcomerCurve } from "./totals.ts";

/** Orders of a day, of the customers known at the forecast. */
export interface OrderDay {
  /** ISO date. */
  readonly date: string;
  readonly firstOrders: number;
  readonly repeatOrders: number;
}

/** Points of the plot: a week each, or longer where there are more. */
const MOST_POINTS = 160;
const DAYS_OF_WEEK = 7;

/**
 * Repeat orders in all, week by week from the first day on: those that came, and those that the model expects of
 * customers who came when these did. A point counts the orders before its date.
 * @param until day up to which orders are known, the last day included.
 */
export function trackOrders(
  fitted: Fitted,
  days: readonly OrderDay[],
  { unitDays, until }: { readonly unitDays: number; readonly until: string },
): NonNullable<Forecast["tracking"]> {
  const start = days[0]?.date;
  if (start === undefined) return [];
  const span = daysBetween(start, until) + 1;
  const step = DAYS_OF_WEEK * Math.max(1, Math.ceil(span / DAYS_OF_WEEK / MOST_POINTS));
  const curve = newcomerCurve(
    fitted,
    Array.from({ length: span + 1 }, (_, day) => day / unitDays),
  );
  const at = days.map((day) => ({ ...day, offset: daysBetween(start, day.date) }));
  return Array.from({ length: Math.floor(span / step) }, (_, point) => {
    const day = (point + 1) * step;
    const before = at.filter(({ offset }) => offset < day);
    return {
      date: addDays(start, day),
      expected: before.reduce((sum, { offset, firstOrders }) => sum + firstOrders * curve[day - offset], 0),
      actual: before.reduce((sum, { repeatOrders }) => sum + repeatOrders, 0),
    };
  });
}
