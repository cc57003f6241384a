import { lloyd, type StopRule } from "../fit/lloyd.ts";
import type { Random } from "../fit/random.ts";
import { seedCentroids } from "../fit/seed.ts";
import { createLevel, type Level, labelLevel } from "../sketch/points.ts";
import type { Matrix, WeightedPoints } from "../types.ts";
import { checkLabelling, type Labelling } from "./silhouette.ts";

export interface StabilityOptions {
  readonly random: Random;
  /** Bootstrap resamples, shared by all partitions. @default 10 */
  readonly resamples?: number;
}

/** Past these steps labels hardly move any more; the index needs no converged fit. */
const STOP: StopRule = { maxIterations: 25, tolerance: 1e-4 };
/** From this weight on a Poisson count is drawn from the normal distribution with its mean and variance. */
const NORMAL_FROM = 30;

/**
 * Adjusted Rand index of two partitions of the same rows (Hubert and Arabie 1985): 1 for equal partitions whatever
 * their ids, about 0 for unrelated ones, possibly below.
 * @param weights rows at each point; all 1 when absent.
 * @throws ClusteringError LABELLING when labels do not fit.
 */
export function adjustedRandIndex(a: Labelling, b: Labelling, weights?: Float64Array): number {
  checkLabelling(a, a.labels.length);
  checkLabelling(b, a.labels.length);
  const cells = new Float64Array(a.k * b.k);
  for (let i = 0; i < a.labels.length; i++) cells[a.labels[i] * b.k + b.labels[i]] += weights?.[i] ?? 1;
  const rows = new Float64Array(a.k);
  const columns = new Float64Array(b.k);
  let total = 0;
  cells.forEach((cell, at) => {
    rows[Math.floor(at / b.k)] += cell;
    columns[at % b.k] += cell;
    total += cell;
  });
  const inBoth = sumOfPairs(cells);
  const inA = sumOfPairs(rows);
  const inB = sumOfPairs(columns);
  const pairs = (total * (total - 1)) / 2;
  const expected = pairs > 0 ? (inA * inB) / pairs : 0;
  const greatest = (inA + inB) / 2;
  // Both one cluster, or both all singletons: equal, and nothing to correct for.
  return greatest === expected ? 1 : (inBoth - expected) / (greatest - expected);
}

/**
 * How far each partition comes back when customers are drawn anew: the mean adjusted Rand index, over all original
 * rows, between the partition and refits to bootstrap resamples (Dolnicar and Leisch 2010). Resampling reweights the
 * cells with Poisson counts. A refit starts from the partition and, independently, from greedy k-means++, and the
 * cheaper end counts, so the index falls when the partition is one of several nearly equal optima.
 * @param points rows or cells; a coarse level (about a thousand cells) is enough, and time is proportional to cells.
 * @param partitions centroids of each, k × d.
 * @returns one index per partition, at most 1.
 */
export function bootstrapStability(
  points: WeightedPoints,
  partitions: readonly Matrix[],
  options: StabilityOptions,
): number[] {
  const resamples = options.resamples ?? 10;
  const whole = createLevel(points);
  const originals = partitions.map((centroids) => labelsFrom(whole, centroids.data, centroids.rows));
  const totals = partitions.map(() => 0);
  for (let r = 0; r < resamples; r++) {
    const level = createLevel(resample(points, options.random));
    partitions.forEach(({ rows: k, data }, p) => {
      const centroids = level.count === 0 ? data : refit(level, data, k, options.random);
      totals[p] += adjustedRandIndex(originals[p], labelsFrom(whole, centroids, k), whole.weights);
    });
  }
  return totals.map((total) => total / resamples);
}

function refit(level: Level, centroids: Float64Array, k: number, random: Random): Float64Array {
  const warm = lloyd(level, centroids, k, STOP);
  const fresh = lloyd(level, seedCentroids(level, k, new Float64Array(0), random), k, STOP);
  return fresh.cost < warm.cost ? fresh.centroids : warm.centroids;
}

function labelsFrom(level: Level, centroids: Float64Array, k: number): Labelling {
  labelLevel(level, centroids, k);
  return { k, labels: level.labels.slice() };
}

/** Poisson counts in place of the weights; points that were not drawn are left out. */
function resample({ points, weights }: WeightedPoints, random: Random): WeightedPoints {
  const { rows, columns, data } = points;
  const kept = new Float64Array(rows * columns);
  const counts = new Float64Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const drawn = drawPoisson(weights[i], random);
    if (drawn === 0) continue;
    kept.set(data.subarray(i * columns, (i + 1) * columns), count * columns);
    counts[count++] = drawn;
  }
  return {
    points: { rows: count, columns, data: kept.subarray(0, count * columns) },
    weights: counts.subarray(0, count),
    withinCellInertia: 0,
  };
}

/** How often a customer of this weight is drawn in a bootstrap resample. */
export function drawPoisson(mean: number, random: Random): number {
  if (mean >= NORMAL_FROM) {
    // Box and Muller 1958; 1 − u keeps the logarithm finite.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

function sumOfPairs(counts: Float64Array): number {
  let pairs = 0;
  for (const count of counts) pairs += (count * (count - 1)) / 2;
  return pairs;
}
