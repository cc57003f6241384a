import { createRandom, deriveSeed, type Seed } from "../clustering/fit/random.ts";
import type { Fitted, ParameterDraw } from "./fit/parameterDraws.ts";
import type { ForecastCheck } from "./forecast.ts";
import { HIGH, LOW, OrderDistribution } from "./intervals.ts";
import { expectedOrders, expectedSpend, outlookOf } from "./outlook.ts";
import type { CustomerCells, SpendCells } from "./types.ts";

/** Customers as of the forecast and what they did afterwards, a column each; days, and money in the files' currency. */
export interface CheckedCustomers {
  readonly repeatOrders: Float64Array;
  readonly recencyDays: Float64Array;
  readonly ageDays: Float64Array;
  readonly spend: Float64Array;
  readonly repeatSpend: Float64Array;
  readonly lastYearOrders: Float64Array;
  readonly lastYearSpend: Float64Array;
  readonly laterOrders: Float64Array;
  readonly laterSpend: Float64Array;
}

export interface CheckOptions {
  /** Days after the forecast of which the later columns tell. */
  readonly days: number;
  /** Days of the parameters' unit. */
  readonly unitDays: number;
  readonly seed: Seed;
}

/** Customers with as many repeat orders or more are one row of the table. */
const MOST_REPEATS = 7;
/** Customers whose intervals are looked at: the share covered is then known to a point. */
const MOST_INTERVALS = 5_000;
/** Draws of the parameters that an interval is mixed from. */
const MOST_DRAWS = 20;
const DAYS_OF_YEAR = 365;

/** The forecast against what came, beside two that need no model. There must be a customer. */
export function checkForecast(
  fitted: Fitted,
  draws: readonly ParameterDraw[],
  customers: CheckedCustomers,
  options: CheckOptions,
): ForecastCheck {
  const { days, unitDays } = options;
  const n = customers.ageDays.length;
  const historyOf = (at: number) => ({
    repeatOrders: customers.repeatOrders[at],
    recency: customers.recencyDays[at] / unitDays,
    age: customers.ageDays[at] / unitDays,
  });
  const share = days / DAYS_OF_YEAR;
  const orders = Float64Array.from({ length: n }, (_, at) =>
    expectedOrders(outlookOf(fitted.model, fitted.lifetime, historyOf(at)), days / unitDays),
  );
  const rate = customers.repeatOrders.map((x, at) => (x === 0 ? 0 : (x / customers.ageDays[at]) * days));
  const { spend } = fitted;
  const amount = (at: number): number => {
    const x = customers.repeatOrders[at];
    return spend === null || x < 0
      ? 0
      : expectedSpend(spend, x, x === 0 ? 0 : Math.max(0, customers.repeatSpend[at] / x));
  };
  const value = orders.map((expected, at) => expected * amount(at));
  const lastYearValue = customers.lastYearSpend.map((money) => money * share);
  const averageValue = rate.map((expected, at) => (expected * customers.spend[at]) / (customers.repeatOrders[at] + 1));
  return {
    days,
    customers: n,
    orders: {
      actual: sum(customers.laterOrders),
      model: errorsOf(orders, customers.laterOrders),
      lastYear: errorsOf(
        customers.lastYearOrders.map((count) => count * share),
        customers.laterOrders,
      ),
      ownRate: errorsOf(rate, customers.laterOrders),
    },
    value: {
      actual: sum(customers.laterSpend),
      model: spend === null || !value.every(Number.isFinite) ? null : errorsOf(value, customers.laterSpend),
      lastYear: errorsOf(lastYearValue, customers.laterSpend),
      ownRate: errorsOf(averageValue, customers.laterSpend),
    },
    byRepeatOrders: byRepeatOrders(customers, orders),
    coverage: coverageOf(fitted, draws, customers.laterOrders, { ...options, historyOf }),
  };
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

function errorsOf(expected: Float64Array, actual: Float64Array): ForecastCheck["orders"]["model"] {
  const n = actual.length;
  const total = sum(expected);
  const absolute = expected.reduce((found, value, at) => found + Math.abs(value - actual[at]), 0);
  return { expected: total, bias: (total - sum(actual)) / n, meanAbsoluteError: absolute / n };
}

function byRepeatOrders(customers: CheckedCustomers, orders: Float64Array): ForecastCheck["byRepeatOrders"] {
  return Array.from({ length: MOST_REPEATS + 1 }, (_, x) => {
    const row = { repeatOrders: x, isOrMore: x === MOST_REPEATS, customers: 0, actual: 0, expected: 0 };
    customers.repeatOrders.forEach((repeats, at) => {
      if (Math.min(MOST_REPEATS, repeats) !== x) return;
      row.customers++;
      row.actual += customers.laterOrders[at];
      row.expected += orders[at];
    });
    return { ...row, actual: row.actual / row.customers, expected: row.expected / row.customers };
  }).filter(({ customers: count }) => count > 0);
}

/**
 * How many customers' orders were within their 90% interval. Orders are whole, so an interval holds more than it
 * names; `exact` counts an order at a limit for the part of its probability that belongs inside, drawn at random, and
 * is 90% where the model is right.
 */
function coverageOf(
  { model }: Fitted,
  draws: readonly ParameterDraw[],
  actual: Float64Array,
  { days, unitDays, seed, historyOf }: CheckOptions & { historyOf: (at: number) => Parameters<typeof outlookOf>[2] },
): ForecastCheck["coverage"] {
  if (draws.length === 0) return null;
  const used = draws.slice(0, MOST_DRAWS);
  const random = createRandom(deriveSeed(seed, "forecast", "coverage"));
  const distribution = new OrderDistribution();
  const step = Math.max(1, Math.ceil(actual.length / MOST_INTERVALS));
  let [looked, inside, exact] = [0, 0, 0];
  for (let at = 0; at < actual.length; at += step) {
    const outlooks = used.map(({ lifetime }) => outlookOf(model, lifetime, historyOf(at)));
    distribution.set(outlooks, days / unitDays);
    const { low, high } = distribution.range();
    const came = actual[at];
    const below = 1 - distribution.atLeast(came);
    const position = below + random() * (1 - distribution.atLeast(came + 1) - below);
    looked++;
    if (came >= low && came <= high) inside++;
    if (position >= LOW && position <= HIGH) exact++;
  }
  return { nominal: HIGH - LOW, customers: looked, inside: inside / looked, exact: exact / looked };
}

/** A cell for each customer, times in days: for as many customers as a check looks at. */
export function cellsOfCustomers(customers: CheckedCustomers): {
  readonly cells: CustomerCells;
  readonly spendCells: SpendCells;
} {
  const { repeatOrders, recencyDays, ageDays, repeatSpend } = customers;
  const rows = Array.from(repeatOrders.keys()).sort((a, b) => repeatOrders[a] - repeatOrders[b] || a - b);
  const buyers = rows.filter((row) => repeatOrders[row] > 0 && repeatSpend[row] > 0);
  const take = (column: Float64Array, at: readonly number[]) => Float64Array.from(at, (row) => column[row]);
  const ones = (at: readonly number[]) => new Float64Array(at.length).fill(1);
  return {
    cells: {
      repeatOrders: take(repeatOrders, rows),
      recency: take(recencyDays, rows),
      age: take(ageDays, rows),
      customers: ones(rows),
      totalRepeatSpend: Float64Array.from(rows, (row) => Math.max(0, repeatSpend[row])),
    },
    spendCells: {
      repeatOrders: take(repeatOrders, buyers),
      meanSpend: Float64Array.from(buyers, (row) => repeatSpend[row] / repeatOrders[row]),
      customers: ones(buyers),
    },
  };
}
