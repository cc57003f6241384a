import type { Random } from "../../clustering/fit/random.ts";
import { beta, exponential, gamma } from "../numeric/variates.ts";
import type { LifetimeModel, LifetimeParameters, SpendParameters } from "../types.ts";

/** Moments of a customer's repeat orders within a time since its first order, ascending, in the parameters' unit. */
export function simulateOrders(
  random: Random,
  model: LifetimeModel,
  { r, alpha, a, b }: LifetimeParameters,
  time: number,
): number[] {
  const rate = gamma(random, r) / alpha;
  const leaving = beta(random, a, b);
  const orders: number[] = [];
  if (model === "mbg-nbd" && random() < leaving) return orders;
  for (let at = exponential(random) / rate; at <= time; at += exponential(random) / rate) {
    orders.push(at);
    if (random() < leaving) break;
  }
  return orders;
}

/** The rate ν of a customer's amounts: each is Gamma(p, ν). */
export const simulateSpendRate = (random: Random, { q, gamma: scale }: SpendParameters): number =>
  gamma(random, q) / scale;

/** The sum of so many amounts of a customer. */
export const simulateSpend = (random: Random, { p }: SpendParameters, rate: number, orders: number): number =>
  gamma(random, p * orders) / rate;
