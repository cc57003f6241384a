import { extraChances } from "./numeric/lifetimeLikelihood.ts";
import type { LifetimeModel, LifetimeParameters, SpendParameters } from "./types.ts";

/** What the lifetime models see of one customer; times in the unit of the parameters. */
export interface CustomerHistory {
  readonly repeatOrders: number;
  /** From the first to the last order. */
  readonly recency: number;
  /** From the first order to the day of the forecast. */
  readonly age: number;
}

/**
 * What is believed of a customer after its history: orders at a Gamma(shape, rate) rate, and after each of them a
 * chance to leave that is Beta(a, b) — if it has not left already.
 */
export interface Outlook {
  readonly shape: number;
  readonly rate: number;
  readonly a: number;
  readonly b: number;
  /** Probability that the customer has not left. */
  readonly pAlive: number;
}

/** Below this, a logarithm has no number. */
const LEAST_LOGARITHM = -690;
const MOST_TERMS = 1_000_000;

/** The parameters, updated by a customer's history. */
export function outlookOf(
  model: LifetimeModel,
  { r, alpha, a, b }: LifetimeParameters,
  customer: CustomerHistory,
): Outlook {
  const { repeatOrders, recency, age } = customer;
  const chances = repeatOrders + extraChances(model);
  const shape = r + repeatOrders;
  const odds =
    chances === 0
      ? 0
      : Math.exp(Math.log(a / (b + chances - 1)) + shape * (Math.log(alpha + age) - Math.log(alpha + recency)));
  return { shape, rate: alpha + age, a, b: b + chances, pAlive: 1 / (1 + odds) };
}

/** The outlook of a customer at its very first order. */
export function outlookOfNewcomer(model: LifetimeModel, parameters: LifetimeParameters): Outlook {
  return outlookOf(model, parameters, { repeatOrders: 0, recency: 0, age: 0 });
}

/**
 * Expected orders within a time. Of a customer who never leaves, j orders are negative binomial; the one after i orders
 * comes about only if the customer survived i chances to leave, with probability (b)ᵢ / (a + b)ᵢ. All terms are
 * positive, so nothing cancels, whatever a is: the hypergeometric form of the papers divides two small numbers near a =
 * 1.
 */
export function expectedOrders({ shape, rate, a, b, pAlive }: Outlook, time: number): number {
  const z = time / (rate + time);
  let logarithm = -shape * Math.log1p(time / rate);
  let probability = Math.exp(logarithm);
  let survival = 1;
  let reached = 0;
  let sum = 0;
  for (let j = 0; j < MOST_TERMS; j++) {
    sum += probability * reached;
    const ratio = (z * (shape + j)) / (j + 1);
    reached += survival;
    survival *= (b + j) / (a + b + j);
    if (logarithm < LEAST_LOGARITHM) {
      logarithm += Math.log(ratio);
      probability = Math.exp(logarithm);
    } else probability *= ratio;
    const decay = Math.max(ratio, z) * (1 + 1 / (j + 1));
    if (decay < 1 && (probability * reached) / (1 - decay) <= 1e-14 * sum) break;
  }
  return pAlive * sum;
}

/**
 * Adds `weight` × P(orders within the time ≥ k) to `tails[k - 1]`, as far as that is above `least`.
 * @returns how many were added, at most the length of `tails`.
 */
export function addOrderTails(
  { shape, rate, a, b, pAlive }: Outlook,
  time: number,
  tails: Float64Array,
  { weight, least }: { readonly weight: number; readonly least: number },
): number {
  const z = time / (rate + time);
  let logarithm = -shape * Math.log1p(time / rate);
  let probability = Math.exp(logarithm);
  let survival = pAlive;
  let below = probability;
  for (let k = 1; k <= tails.length; k++) {
    const tail = survival * Math.max(0, 1 - below);
    if (tail <= least) return k - 1;
    tails[k - 1] += weight * tail;
    const ratio = (z * (shape + k - 1)) / k;
    if (logarithm < LEAST_LOGARITHM) {
      logarithm += Math.log(ratio);
      probability = Math.exp(logarithm);
    } else probability *= ratio;
    below += probability;
    survival *= (b + k - 1) / (a + b + k - 1);
  }
  return tails.length;
}

/**
 * Time until the next order of a customer who has not left: by then it has come with this probability. Waiting times
 * are Lomax.
 */
export function waitingTime({ shape, rate }: Outlook, probability: number): number {
  return rate * Math.expm1(-Math.log1p(-probability) / shape);
}

/**
 * Mean of a customer's future amounts; without repeat orders, the mean of all customers. Infinite unless p·x + q > 1.
 */
export function expectedSpend({ p, q, gamma }: SpendParameters, repeatOrders: number, meanSpend: number): number {
  const left = p * repeatOrders + q - 1;
  return left > 0 ? (p * (gamma + repeatOrders * meanSpend)) / left : Number.POSITIVE_INFINITY;
}

/** Mean of the orders within a time and of their square. */
export function orderMoments(outlook: Outlook, time: number): { readonly mean: number; readonly square: number } {
  const { shape, rate, a, b, pAlive } = outlook;
  const z = time / (rate + time);
  let logarithm = -shape * Math.log1p(time / rate);
  let probability = Math.exp(logarithm);
  let survival = 1;
  let [reached, reachedSquares, mean, square] = [0, 0, 0, 0];
  for (let j = 0; j < MOST_TERMS; j++) {
    mean += probability * reached;
    square += probability * reachedSquares;
    const ratio = (z * (shape + j)) / (j + 1);
    reached += survival;
    reachedSquares += (2 * j + 1) * survival;
    survival *= (b + j) / (a + b + j);
    if (logarithm < LEAST_LOGARITHM) {
      logarithm += Math.log(ratio);
      probability = Math.exp(logarithm);
    } else probability *= ratio;
    const decay = Math.max(ratio, z) * (1 + 1 / (j + 1)) ** 2;
    if (decay < 1 && (probability * reachedSquares) / (1 - decay) <= 1e-12 * square) break;
  }
  return { mean: pAlive * mean, square: pAlive * square };
}

/**
 * Of a customer's future amounts: their mean, the mean of their square, and of the customer's own mean, which is not
 * known, the mean of its square; `squareOfMean` is the square of the first. Infinite where q is too small.
 */
export function spendMoments({ p, q, gamma }: SpendParameters, repeatOrders: number, meanSpend: number) {
  const shape = p * repeatOrders + q;
  const scale = gamma + repeatOrders * meanSpend;
  const mean = shape > 1 ? (p * scale) / (shape - 1) : Number.POSITIVE_INFINITY;
  const inverseSquare = shape > 2 ? (scale * scale) / ((shape - 1) * (shape - 2)) : Number.POSITIVE_INFINITY;
  return { mean, square: p * (p + 1) * inverseSquare, meanSquare: p * p * inverseSquare, squareOfMean: mean * mean };
}
