import { type Level, squaredDistance } from "../sketch/points.ts";
import type { Random } from "./random.ts";

/**
 * Weighted greedy k-means++ (Arthur and Vassilvitskii 2007, with 2 + ⌊ln k⌋ trials a centroid): each further centroid
 * is the best of a few points drawn in proportion to weight × squared distance to the nearest centroid so far.
 *
 * @param given centroids to keep; the rest are drawn. Empty for a whole new set.
 * @returns k × dimensions. Uses the level's `upper`.
 */
export function seedCentroids(level: Level, k: number, given: Float64Array, random: Random): Float64Array {
  const d = level.dimensions;
  const centroids = new Float64Array(k * d);
  centroids.set(given.subarray(0, k * d));
  let placed = Math.min(k, given.length / d);
  if (placed === 0) {
    const first = drawPoint(level.weights, level.totalWeight, random);
    centroids.set(level.points.subarray(first * d, first * d + d), 0);
    placed = 1;
  }
  let cost = distancesTo(level, centroids, placed);
  const trials = 2 + Math.floor(Math.log(k));
  const mass = new Float64Array(level.count);
  for (; placed < k; placed++) {
    for (let i = 0; i < level.count; i++) mass[i] = level.weights[i] * level.upper[i];
    const chosen = bestOfDraws(level, mass, cost, trials, random);
    centroids.set(level.points.subarray(chosen * d, chosen * d + d), placed * d);
    cost = lowerDistances(level, chosen);
  }
  return centroids;
}

/** Index drawn in proportion to `mass`, whose sum is `total`. */
export function drawPoint(mass: Float64Array, total: number, random: Random): number {
  let rest = random() * total;
  let last = 0;
  for (let i = 0; i < mass.length; i++) {
    if (mass[i] <= 0) continue;
    last = i;
    rest -= mass[i];
    if (rest < 0) return i;
  }
  return last; // Rounding can leave a little over: the last point with any mass.
}

/** The draw that lowers the cost most; `upper` must hold squared distances to the nearest centroid. */
export function bestOfDraws(level: Level, mass: Float64Array, total: number, trials: number, random: Random): number {
  let best = drawPoint(mass, total, random);
  let lowest = trials > 1 ? costWith(level, best) : 0;
  for (let t = 1; t < trials; t++) {
    const candidate = drawPoint(mass, total, random);
    if (candidate === best) continue;
    const cost = costWith(level, candidate);
    if (cost < lowest) {
      lowest = cost;
      best = candidate;
    }
  }
  return best;
}

/** Cost if point `p` were a centroid as well. */
function costWith({ count, dimensions: d, points, weights, upper }: Level, p: number): number {
  let cost = 0;
  for (let i = 0; i < count; i++) {
    const distance = squaredDistance(points, i * d, points, p * d, d);
    cost += weights[i] * Math.min(distance, upper[i]);
  }
  return cost;
}

function distancesTo(
  { count, dimensions: d, points, weights, upper }: Level,
  centroids: Float64Array,
  k: number,
): number {
  let cost = 0;
  for (let i = 0; i < count; i++) {
    let best = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      const distance = squaredDistance(points, i * d, centroids, c * d, d);
      if (distance < best) best = distance;
    }
    upper[i] = best;
    cost += weights[i] * best;
  }
  return cost;
}

function lowerDistances({ count, dimensions: d, points, weights, upper }: Level, p: number): number {
  let cost = 0;
  for (let i = 0; i < count; i++) {
    const distance = squaredDistance(points, i * d, points, p * d, d);
    if (distance < upper[i]) upper[i] = distance;
    cost += weights[i] * upper[i];
  }
  return cost;
}
