import { type Level, labelLevel, type Solution, squaredDistance } from "../sketch/points.ts";

/** Clusters that shrink in number as the cheapest pair is merged again and again. */
interface Clusters {
  readonly dimensions: number;
  readonly mass: Float64Array;
  /** Means, one row a cluster. */
  readonly means: Float64Array;
  /** The clusters that are left. */
  readonly left: number[];
}

/**
 * Centroids out of those of several solutions: all of them together, then the pair whose merging costs least becomes
 * one, until `k` are left (pairwise nearest neighbours: Equitz 1989; as a crossover: Fränti 2000). What one solution
 * resolves well and another does not survives; what both resolve merges back.
 *
 * @returns k × dimensions; where parents have fewer than k centroids with points the first is repeated, which Lloyd
 *   moves to where it is needed. Uses the level's labels.
 */
export function recombine(level: Level, parents: readonly Solution[], k: number): Float64Array {
  const d = level.dimensions;
  const clusters = clustersOf(level, parents);
  const { left, means } = clusters;
  while (left.length > k) mergeCheapestPair(clusters);
  const centroids = new Float64Array(k * d);
  for (let c = 0; c < k; c++) {
    const cluster = left[c < left.length ? c : 0];
    centroids.set(means.subarray(cluster * d, cluster * d + d), c * d);
  }
  return centroids;
}

function clustersOf(level: Level, parents: readonly Solution[]): Clusters {
  const { count, dimensions: d, points, weights, labels } = level;
  const n = parents.reduce((sum, { k }) => sum + k, 0);
  const centroids = new Float64Array(n * d);
  let at = 0;
  for (const parent of parents) {
    centroids.set(parent.centroids, at);
    at += parent.centroids.length;
  }
  labelLevel(level, centroids, n);
  const mass = new Float64Array(n);
  const means = new Float64Array(n * d);
  for (let i = 0; i < count; i++) {
    mass[labels[i]] += weights[i];
    for (let j = 0; j < d; j++) means[labels[i] * d + j] += weights[i] * points[i * d + j];
  }
  const left = Array.from({ length: n }, (_, c) => c).filter((c) => mass[c] > 0);
  for (const c of left) for (let j = 0; j < d; j++) means[c * d + j] /= mass[c];
  return { dimensions: d, mass, means, left };
}

function mergeCheapestPair({ dimensions: d, mass, means, left }: Clusters): void {
  let cheapest = Number.POSITIVE_INFINITY;
  let [into, gone] = [0, 1];
  for (let a = 0; a < left.length; a++) {
    for (let b = a + 1; b < left.length; b++) {
      const [p, q] = [left[a], left[b]];
      const cost = squaredDistance(means, p * d, means, q * d, d) * ((mass[p] * mass[q]) / (mass[p] + mass[q]));
      if (cost >= cheapest) continue;
      cheapest = cost;
      into = a;
      gone = b;
    }
  }
  const [p, q] = [left[into], left[gone]];
  const total = mass[p] + mass[q];
  for (let j = 0; j < d; j++) means[p * d + j] = (means[p * d + j] * mass[p] + means[q * d + j] * mass[q]) / total;
  mass[p] = total;
  left.splice(gone, 1);
}
