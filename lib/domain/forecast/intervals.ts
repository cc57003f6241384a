import { addOrderTails, type Outlook } from "./outlook.ts";

/** The middle 90% of what may come: 5% lie below, 5% above. */
export const LOW = 0.05;
export const HIGH = 0.95;

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Orders of one customer beyond these are not told apart. */
const MOST_ORDERS = 4096;
/** Probabilities below say nothing of a 5% limit. */
const LEAST_TAIL = 1e-3;

/**
 * The distribution of a customer's orders within a time, over parameters that might as well have been. Reused: it holds
 * one at a time.
 */
export class OrderDistribution {
  readonly #tails = new Float64Array(MOST_ORDERS);
  #length = 0;

  /** @param outlooks of the same customer, of each draw of the parameters. */
  set(outlooks: readonly Outlook[], time: number): void {
    this.#tails.fill(0, 0, this.#length);
    this.#length = 0;
    const options = { weight: 1 / outlooks.length, least: LEAST_TAIL };
    for (const outlook of outlooks) {
      this.#length = Math.max(this.#length, addOrderTails(outlook, time, this.#tails, options));
    }
  }

  /** More orders than these are as good as impossible. */
  get most(): number {
    return this.#length;
  }

  /** P(orders ≥ k). */
  atLeast(k: number): number {
    return k <= 0 ? 1 : k <= this.#length ? this.#tails[k - 1] : 0;
  }

  /** The fewest orders that are not exceeded with this probability. */
  quantile(probability: number): number {
    let k = 0;
    while (this.atLeast(k + 1) > 1 - probability) k++;
    return k;
  }

  range(): Range {
    return { low: this.quantile(LOW), high: this.quantile(HIGH) };
  }
}

/** A normal distribution: what the orders of many customers add up to. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** The middle 90% of an even mixture of normal distributions, one of each draw of the parameters; never below zero. */
export function mixtureRange(parts: readonly Moments[]): Range {
  return { low: mixtureQuantile(parts, LOW), high: mixtureQuantile(parts, HIGH) };
}

function mixtureQuantile(parts: readonly Moments[], probability: number): number {
  const spread = (part: Moments): number => 8 * Math.sqrt(part.variance);
  let low = Math.min(...parts.map((part) => part.mean - spread(part)));
  let high = Math.max(...parts.map((part) => part.mean + spread(part)));
  for (let round = 0; round < 80; round++) {
    const middle = (low + high) / 2;
    const below = parts.reduce(
      (sum, { mean, variance }) => sum + normalBelow((middle - mean) / Math.sqrt(variance)),
      0,
    );
    if (below / parts.length < probability) low = middle;
    else high = middle;
  }
  return Math.max(0, high);
}

/** Φ(z): Abramowitz and Stegun 26.2.17, within 7.5e-8. */
export function normalBelow(z: number): number {
  if (Number.isNaN(z)) return 0.5;
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * polynomial;
  return z >= 0 ? 1 - above : above;
}
