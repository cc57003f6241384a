import { FORECAST_DAYS } from "../../tables/forecasts.ts";
import { quantile } from "../rfm/quantile.ts";
import type { Fitted, ParameterDraw } from "./fit/parameterDraws.ts";
import { HIGH, LOW, OrderDistribution } from "./intervals.ts";
import { type CustomerHistory, expectedOrders, expectedSpend, outlookOf, waitingTime } from "./outlook.ts";
import { type HorizonValue, horizonValues } from "./value/horizonValue.ts";
import { discountForce } from "./value/presentValue.ts";

/** Days ahead that each customer is forecast for. */
export const HORIZONS = FORECAST_DAYS;
/** A customer is late when fewer than one in ten of its waits would be as long. */
const LATE_PROBABILITY = 0.9;
/** A next order farther away is not named. */
const FARTHEST_DAYS = 3650;

/** A figure and the middle 90% of what may come; NaN where there is none. */
export interface Triple {
  readonly expected: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Forecasts of customers, a column each. Times in days, money in the files' currency. */
export interface CustomerForecasts {
  /** Per horizon. Limits are whole orders. */
  readonly orders: readonly Triple[];
  readonly values: readonly Triple[];
  readonly pAlive: Triple;
  /** Days from the forecast to the next order, if the customer has not left: half have ordered by then. */
  readonly nextOrderDays: Triple;
  /** 1 where the customer has been away longer than nine in ten of its own waits. */
  readonly isLate: Uint8Array;
}

export interface ForecastCustomers {
  readonly repeatOrders: Float64Array;
  readonly recencyDays: Float64Array;
  readonly ageDays: Float64Array;
  /** Money after the first day. */
  readonly repeatSpend: Float64Array;
}

/** What customers of the same repeat orders, recency and age have in common. */
interface CellForecast {
  readonly orders: readonly (readonly [expected: number, low: number, high: number])[];
  readonly values: readonly HorizonValue[];
  readonly pAlive: readonly [expected: number, low: number, high: number];
  readonly nextOrderDays: readonly [expected: number, low: number, high: number];
  readonly isLate: boolean;
}

/**
 * Forecasts every customer. Those with the same history are forecast once, and share all but the amounts.
 * @param fitted parameters in days. @param discountRate yearly, 0..1: values are present values.
 */
export function forecastCustomers(
  fitted: Fitted,
  draws: readonly ParameterDraw[],
  customers: ForecastCustomers,
  discountRate = 0,
): CustomerForecasts {
  const count = customers.ageDays.length;
  const forecastCell = cellForecaster(fitted, draws, discountForce(discountRate));
  const cells = new Map<number, CellForecast>();
  const orders = HORIZONS.map(() => emptyTriple(count));
  const values = HORIZONS.map(() => emptyTriple(count));
  const found = { orders, values, pAlive: emptyTriple(count), nextOrderDays: emptyTriple(count) };
  const isLate = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    const [x, recency, age] = [customers.repeatOrders[at], customers.recencyDays[at], customers.ageDays[at]];
    const key = (x * 65_536 + recency) * 65_536 + age;
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = forecastCell({ repeatOrders: x, recency, age });
      cells.set(key, cell);
    }
    setTriple(found.pAlive, at, cell.pAlive);
    setTriple(found.nextOrderDays, at, cell.nextOrderDays);
    isLate[at] = cell.isLate ? 1 : 0;
    const meanSpend = x === 0 ? 0 : Math.max(0, customers.repeatSpend[at] / x);
    for (let h = 0; h < HORIZONS.length; h++) {
      setTriple(orders[h], at, cell.orders[h]);
      if (fitted.spend === null) continue;
      const unit = fitted.spend.gamma + x * meanSpend;
      const [present, low, high] = cell.values[h];
      setTriple(values[h], at, [present * expectedSpend(fitted.spend, x, meanSpend), low * unit, high * unit]);
    }
  }
  return { ...found, isLate };
}

function cellForecaster(
  fitted: Fitted,
  draws: readonly ParameterDraw[],
  force: number,
): (history: CustomerHistory) => CellForecast {
  const { model, lifetime, spend } = fitted;
  const orders = new OrderDistribution();
  const values = spend === null ? undefined : horizonValues(spend, HORIZONS, force);
  return (history) => {
    const outlook = outlookOf(model, lifetime, history);
    const others = draws.map((draw) => outlookOf(model, draw.lifetime, history));
    const alive = Float64Array.from(others, ({ pAlive }) => pAlive).sort();
    const found: { orders: CellForecast["orders"][number][]; values: HorizonValue[] } = { orders: [], values: [] };
    HORIZONS.forEach((days, h) => {
      orders.set(others, days);
      const { low, high } = orders.range();
      const expected = expectedOrders(outlook, days);
      found.orders.push([expected, low, high]);
      if (values !== undefined) found.values.push(values[h](history.repeatOrders, { outlook, expected, orders }));
    });
    const wait = (probability: number): number => {
      const days = Math.ceil(waitingTime(outlook, probability));
      return days <= FARTHEST_DAYS ? days : Number.NaN;
    };
    return {
      ...found,
      pAlive: [outlook.pAlive, quantile(alive, LOW), quantile(alive, HIGH)],
      nextOrderDays: [wait(0.5), wait(LOW), wait(HIGH)],
      isLate: isLate(fitted, history),
    };
  };
}

/**
 * Against the waits that the customer's own orders make likely; one without repeat orders has no rhythm to be late for.
 */
function isLate({ lifetime }: Fitted, { repeatOrders, recency, age }: CustomerHistory): boolean {
  if (repeatOrders === 0) return false;
  const atLastOrder = { shape: lifetime.r + repeatOrders, rate: lifetime.alpha + recency, a: 0, b: 1, pAlive: 1 };
  return age - recency > waitingTime(atLastOrder, LATE_PROBABILITY);
}

function emptyTriple(count: number): Triple {
  const column = () => new Float64Array(count).fill(Number.NaN);
  return { expected: column(), low: column(), high: column() };
}

function setTriple(triple: Triple, at: number, [expected, low, high]: readonly [number, number, number]): void {
  triple.expected[at] = expected;
  triple.low[at] = low;
  triple.high[at] = high;
}
