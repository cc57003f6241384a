import { createRandom, type Random } from "../lib/domain/clustering/fit/random.ts";

/** Raw recency, frequency and monetary value, one column each. */
export interface CustomerColumns {
  readonly recencyDays: Float64Array;
  readonly frequency: Float64Array;
  readonly monetary: Float64Array;
}

/** Share of the customers, mean days since the last purchase, mean orders beyond the first, median basket, its spread. */
const GROUPS = [
  [0.38, 180, 0.2, 22, 0.7],
  [0.27, 70, 1.5, 28, 0.6],
  [0.2, 35, 5, 31, 0.55],
  [0.1, 15, 14, 38, 0.5],
  [0.04, 260, 9, 30, 0.6],
  [0.01, 12, 45, 160, 0.9],
] as const;
const WINDOW_DAYS = 730;

/** Customers of a shop as they come: overlapping groups, whole days and orders, money in cents, a few wholesalers. */
export function generateCustomers(rows: number, seed: number): CustomerColumns {
  const random = createRandom(seed);
  const columns = {
    recencyDays: new Float64Array(rows),
    frequency: new Float64Array(rows),
    monetary: new Float64Array(rows),
  };
  for (let i = 0; i < rows; i++) {
    const [, days, orders, basket, spread] = pickGroup(random());
    columns.recencyDays[i] = 1 + Math.min(WINDOW_DAYS - 1, Math.floor(-days * Math.log(1 - random())));
    // A geometric number of further orders.
    const further = Math.floor(Math.log(1 - random()) / Math.log(orders / (1 + orders)));
    columns.frequency[i] = 1 + Math.min(400, further);
    const amount = columns.frequency[i] * basket * Math.exp(spread * drawNormal(random));
    columns.monetary[i] = Math.max(0.01, Math.round(amount * 100) / 100);
  }
  return columns;
}

function pickGroup(uniform: number): (typeof GROUPS)[number] {
  let rest = uniform;
  for (const group of GROUPS) {
    rest -= group[0];
    if (rest < 0) return group;
  }
  return GROUPS[0];
}

function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
