import { type Level, labelLevel, type Solution } from "../sketch/points.ts";
import type { FittedPartition } from "../types.ts";

const MAX_STEPS = 100;

/**
 * Ends a fit: plain Lloyd steps with fresh sums until no label changes (at most 100), centres in lexicographic order, and
 * the cost as a sum of squared differences. The figures depend on the partition alone, not on how it was found: two
 * searches that end in the same partition give the same bits.
 */
export function settle(level: Level, { centres: start, k }: Solution): FittedPartition {
  const centres = start.slice();
  const previous = new Int32Array(level.count);
  sortCentres(centres, k);
  labelLevel(level, centres, k);
  for (let step = 0; step < MAX_STEPS; step++) {
    previous.set(level.labels);
    toMeans(level, centres, k);
    sortCentres(centres, k);
    labelLevel(level, centres, k);
    if (sameLabels(previous, level.labels)) break;
  }
  return summarize(level, centres, k);
}

/** The partition that given centres make, as they are: no step is taken. */
export function summarize(level: Level, centres: Float64Array, k: number): FittedPartition {
  labelLevel(level, centres, k);
  const sizes = new Array<number>(k).fill(0);
  let inertia = 0;
  for (let i = 0; i < level.count; i++) {
    sizes[level.labels[i]] += level.weights[i];
    inertia += level.weights[i] * level.upper[i];
  }
  const centroids = { rows: k, columns: level.dimensions, data: centres };
  return { k, centroids, inertia: inertia + level.within, sizes };
}

/** Moves centres to the means of the level's labels; a centre without points stays. */
function toMeans(level: Level, centres: Float64Array, k: number): void {
  const { count, dimensions: d, points, weights, labels } = level;
  const mass = new Float64Array(k);
  const sums = new Float64Array(k * d);
  for (let i = 0; i < count; i++) {
    const c = labels[i];
    mass[c] += weights[i];
    for (let j = 0; j < d; j++) sums[c * d + j] += weights[i] * points[i * d + j];
  }
  for (let i = 0; i < k * d; i++) if (mass[Math.floor(i / d)] > 0) centres[i] = sums[i] / mass[Math.floor(i / d)];
}

function sortCentres(centres: Float64Array, k: number): void {
  const d = centres.length / k;
  const rows = Array.from({ length: k }, (_, c) => centres.slice(c * d, c * d + d));
  rows.sort((a, b) => {
    for (let j = 0; j < d; j++) if (a[j] !== b[j]) return a[j] - b[j];
    return 0;
  });
  rows.forEach((row, c) => {
    centres.set(row, c * d);
  });
}

function sameLabels(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
