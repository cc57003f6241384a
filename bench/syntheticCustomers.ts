import { createRandom, type Random } from "../lib/domain/clustering/fit/random.ts";
import type { Matrix } from "../lib/domain/clustering/types.ts";

/** One kind of customer: its share, the rates it buys at and what a basket costs (log-normal). */
interface Archetype {
  readonly share: number;
  readonly recencyScaleDays: number;
  readonly meanOrders: number;
  readonly basketLogMean: number;
  readonly basketLogDeviation: number;
}

const ARCHETYPES: readonly Archetype[] = [
  { share: 0.38, recencyScaleDays: 190, meanOrders: 0.15, basketLogMean: 5.1, basketLogDeviation: 0.8 },
  { share: 0.27, recencyScaleDays: 80, meanOrders: 1.5, basketLogMean: 5.5, basketLogDeviation: 0.6 },
  { share: 0.2, recencyScaleDays: 30, meanOrders: 5, basketLogMean: 5.7, basketLogDeviation: 0.6 },
  { share: 0.1, recencyScaleDays: 12, meanOrders: 14, basketLogMean: 5.9, basketLogDeviation: 0.7 },
  { share: 0.05, recencyScaleDays: 110, meanOrders: 2, basketLogMean: 7.4, basketLogDeviation: 0.9 },
];
const HISTORY_DAYS = 730;
const FEATURES = 3;

/**
 * Customers such as a shop has: whole days of recency, an atom at one order, long tails of orders and money, groups that
 * overlap. Rows are log1p and z-scored recency, frequency and monetary value, in random order.
 */
export function syntheticCustomers(rows: number, seed: number): Matrix {
  const random = createRandom(seed);
  const data = new Float64Array(rows * FEATURES);
  for (let i = 0; i < rows; i++) {
    const kind = drawArchetype(random);
    const recencyDays = 1 + Math.floor(Math.min(HISTORY_DAYS - 1, -kind.recencyScaleDays * Math.log(1 - random())));
    // A geometric number of further orders: the discrete counterpart of exponential waiting.
    const further = Math.floor(Math.log(1 - random()) / Math.log(kind.meanOrders / (1 + kind.meanOrders)));
    const basket = Math.exp(kind.basketLogMean + kind.basketLogDeviation * drawNormal(random));
    data[i * FEATURES] = Math.log1p(recencyDays);
    data[i * FEATURES + 1] = Math.log1p(1 + further);
    data[i * FEATURES + 2] = Math.log1p(Math.round(basket * (1 + further) * 100) / 100);
  }
  standardise(data);
  return { rows, columns: FEATURES, data };
}

function drawArchetype(random: Random): Archetype {
  let rest = random();
  for (const archetype of ARCHETYPES) {
    rest -= archetype.share;
    if (rest < 0) return archetype;
  }
  return ARCHETYPES[0]; // The shares add up to one but for rounding.
}

function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function standardise(data: Float64Array): void {
  const rows = data.length / FEATURES;
  for (let j = 0; j < FEATURES; j++) {
    let mean = 0;
    for (let i = j; i < data.length; i += FEATURES) mean += data[i] / rows;
    let variance = 0;
    for (let i = j; i < data.length; i += FEATURES) variance += (data[i] - mean) ** 2 / rows;
    const deviation = Math.sqrt(variance);
    for (let i = j; i < data.length; i += FEATURES) data[i] = (data[i] - mean) / deviation;
  }
}
