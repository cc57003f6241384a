import type { Fitted, ParameterDraw } from "./fit/parameterDraws.ts";
import { type Moments, mixtureRange } from "./intervals.ts";
import { expectedOrders, expectedSpend, orderMoments, outlookOf, spendMoments } from "./outlook.ts";
import type { CustomerCells, SpendCells, SpendParameters } from "./types.ts";
import { type PresentMoments, presentMoments } from "./value/presentValue.ts";

/** An expectation with the middle 90% of what may come. */
export interface Estimate {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

export interface Totals {
  /** Customers who have not left, expected. */
  readonly aliveCustomers: number;
  readonly orders: Estimate;
  /** Null without a model of spend, or where its tail is so heavy that a sum has no spread. */
  readonly value: Estimate | null;
}

interface Sums {
  readonly orders: Moments;
  readonly value: Moments;
  readonly alive: number;
}

/**
 * What all customers will order and spend within a time: expected at the fit, its interval from the draws of the
 * parameters and from chance itself, which many customers make normal. The value is the sum of the customers' own: an
 * expected amount is linear in what a customer spent, so a cell's sum is enough. For the spread, which is not, spend is
 * averaged over the customers with as many repeat orders: the model has it independent of when they were.
 * @param force of interest per unit of time: the value is a present value.
 */
export function totalsOf(
  fitted: Fitted,
  draws: readonly ParameterDraw[],
  { cells, spendCells }: { readonly cells: CustomerCells; readonly spendCells: SpendCells },
  time: number,
  force = 0,
): Totals {
  const sums = (draw: ParameterDraw): Sums => sumsOf(fitted, draw, { cells, spendCells, time, force });
  const at = sums(fitted);
  const others = draws.map(sums);
  const hasValue = fitted.spend !== null && others.every(({ value }) => Number.isFinite(value.variance));
  return {
    aliveCustomers: at.alive,
    orders: { expected: at.orders.mean, ...mixtureRange(others.map(({ orders }) => orders)) },
    value: hasValue ? { expected: at.value.mean, ...mixtureRange(others.map(({ value }) => value)) } : null,
  };
}

interface SummedOver {
  readonly cells: CustomerCells;
  readonly spendCells: SpendCells;
  readonly time: number;
  readonly force: number;
}

function sumsOf(
  { model }: Fitted,
  { lifetime, spend }: ParameterDraw,
  { cells, spendCells, time, force }: SummedOver,
): Sums {
  const spendByOrders = spend === null ? undefined : averageSpendMoments(spendCells, spend);
  const unknown = spend === null ? undefined : spendMoments(spend, 0, 0);
  let [orders, orderVariance, value, valueVariance, alive] = [0, 0, 0, 0, 0];
  for (let at = 0; at < cells.age.length; at++) {
    const repeatOrders = cells.repeatOrders[at];
    const n = cells.customers[at];
    const outlook = outlookOf(model, lifetime, { repeatOrders, recency: cells.recency[at], age: cells.age[at] });
    const { mean, square } = orderMoments(outlook, time);
    alive += n * outlook.pAlive;
    orders += n * mean;
    orderVariance += n * (square - mean * mean);
    const amount = spendByOrders?.get(repeatOrders) ?? unknown;
    if (amount === undefined) continue;
    const present: PresentMoments =
      force === 0 ? { mean, squares: mean, pairs: square - mean } : presentMoments(outlook, time, force);
    if (spend !== null) value += present.mean * cellSpend(spend, cells, at);
    valueVariance +=
      n *
      (present.squares * amount.square +
        present.pairs * amount.meanSquare -
        present.mean * present.mean * amount.squareOfMean);
  }
  return {
    orders: { mean: orders, variance: orderVariance },
    value: { mean: value, variance: valueVariance },
    alive,
  };
}

/** What the customers of a cell spend on an order of theirs, summed. */
function cellSpend(spend: SpendParameters, { repeatOrders, customers, totalRepeatSpend }: CustomerCells, at: number) {
  const x = repeatOrders[at];
  const n = customers[at];
  return n * expectedSpend(spend, x, x === 0 ? 0 : totalRepeatSpend[at] / (n * x));
}

type AverageMoments = ReturnType<typeof spendMoments>;

/** Averages over the customers of each number of repeat orders. */
function averageSpendMoments(cells: SpendCells, spend: NonNullable<ParameterDraw["spend"]>) {
  const averages = new Map<number, AverageMoments>();
  for (let from = 0; from < cells.customers.length; ) {
    const x = cells.repeatOrders[from];
    const sums = { mean: 0, square: 0, meanSquare: 0, squareOfMean: 0 };
    let customers = 0;
    for (; from < cells.customers.length && cells.repeatOrders[from] === x; from++) {
      const n = cells.customers[from];
      const moments = spendMoments(spend, x, cells.meanSpend[from]);
      customers += n;
      for (const name of Object.keys(sums) as (keyof AverageMoments)[]) sums[name] += n * moments[name];
    }
    const { mean, square, meanSquare, squareOfMean } = sums;
    averages.set(x, {
      mean: mean / customers,
      square: square / customers,
      meanSquare: meanSquare / customers,
      squareOfMean: squareOfMean / customers,
    });
  }
  return averages;
}

/** Expected orders of a customer who orders for the first time, within each of these times. */
export const newcomerCurve = (fitted: Fitted, times: readonly number[]): number[] => {
  const newcomer = outlookOf(fitted.model, fitted.lifetime, { repeatOrders: 0, recency: 0, age: 0 });
  return times.map((time) => (time > 0 ? expectedOrders(newcomer, time) : 0));
};
