import { type Level, labelLevel, type Solution } from "../sketch/points.ts";
import type { FittedPartition } from "../types.ts";

const MAX_STEPS = 100;

/**
 * Ends a fit: plain Lloyd steps with fresh sums until no label changes (at most 100), centroids in lexicographic order,
 * and the cost as a sum of squared differences. The figures depend on the partition alone, not on how it was found: two
 * searches that end in the same partition give the same bits.
 */
export function settle(level: Level, { centroids: start, k }: Solution): FittedPartition {
  const centroids = start.slice();
  const previous = new Int32Array(level.count);
  sortCentroids(centroids, k);
  labelLevel(level, centroids, k);
  for (let step = 0; step < MAX_STEPS; step++) {
    previous.set(level.labels);
    toMeans(level, centroids, k);
    sortCentroids(centroids, k);
    labelLevel(level, centroids, k);
    if (sameLabels(previous, level.labels)) break;
  }
  return summarize(level, centroids, k);
}

/** The partition that given centroids make, as they are: no step is taken. */
export function summarize(level: Level, centroids: Float64Array, k: number): FittedPartition {
  labelLevel(level, centroids, k);
  const sizes = new Array<number>(k).fill(0);
  let inertia = 0;
  for (let i = 0; i < level.count; i++) {
    sizes[level.labels[i]] += level.weights[i];
    inertia += level.weights[i] * level.upper[i];
  }
  const matrix = { rows: k, columns: level.dimensions, data: centroids };
  return { k, centroids: matrix, inertia: inertia + level.within, sizes };
}

/** Moves centroids to the means of the level's labels; a centroid without points stays. */
function toMeans(level: Level, centroids: Float64Array, k: number): void {
  const { count, dimensions: d, points, weights, labels } = level;
  const mass = new Float64Array(k);
  const sums = new Float64Array(k * d);
  for (let i = 0; i < count; i++) {
    const c = labels[i];
    mass[c] += weights[i];
    for (let j = 0; j < d; j++) sums[c * d + j] += weights[i] * points[i * d + j];
  }
  for (let i = 0; i < k * d; i++) if (mass[Math.floor(i / d)] > 0) centroids[i] = sums[i] / mass[Math.floor(i / d)];
}

function sortCentroids(centroids: Float64Array, k: number): void {
  const d = centroids.length / k;
  const rows = Array.from({ length: k }, (_, c) => centroids.slice(c * d, c * d + d));
  rows.sort((a, b) => {
    for (let j = 0; j < d; j++) if (a[j] !== b[j]) return a[j] - b[j];
    return 0;
  });
  rows.forEach((row, c) => {
    centroids.set(row, c * d);
  });
}

function sameLabels(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
