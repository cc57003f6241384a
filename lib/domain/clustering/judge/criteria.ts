import { squaredDistance } from "../sketch/points.ts";
import type { KCriteria, WeightedPoints } from "../types.ts";
import { checkLabelling, type Labelling, meanSilhouettes, silhouetteOf, stratifiedSample } from "./silhouette.ts";

/** {@link KCriteria}, and how many rows the Euclidean silhouette was sampled on when it is no full pass. */
export interface MeasuredCriteria extends KCriteria {
  /** Rows in the stratified sample behind `silhouette`; absent when every point took part. */
  readonly silhouetteSampleRows?: number;
}

export interface CriteriaOptions {
  /** Uniform numbers in [0, 1), from a seed; places the sample. */
  readonly random: () => number;
  /** Above this many points the Euclidean silhouette is taken on a stratified sample of as many rows. @default 8000 */
  readonly maxSilhouettePoints?: number;
}

/** What the closed forms need of every cluster. */
interface ClusterSums {
  readonly sizes: Float64Array;
  /** k × d means; 0 for empty clusters. */
  readonly means: Float64Array;
  /** Σ w‖x − mean‖² over a cluster's points, without the spread inside cells. */
  readonly squares: Float64Array;
  /** Σ w‖x − mean‖ over a cluster's points. */
  readonly distances: Float64Array;
}

/**
 * Criteria of several partitions of the same weighted points, all at once.
 * - `inertia`: Σ over rows of the squared distance to their cluster's mean, spread inside cells included.
 * - `silhouette`: Euclidean, as scikit-learn's `silhouette_score`; on a sample above `maxSilhouettePoints`.
 * - `silhouetteSquared`: with squared distances, in closed form, O(n k); the spread inside cells is taken as even.
 * - `calinskiHarabasz` (1974), `daviesBouldin` (1979): as scikit-learn, empty clusters left out.
 *
 * A partition with a single non-empty cluster has no separation: its silhouettes, Calinski-Harabasz and Davies-Bouldin
 * are 0.
 * @param points cells with weights > 0, or rows with weights all 1 and `withinCellInertia` 0 (then `basis` is "exact").
 * @throws ClusteringError LABELLING when labels do not fit.
 */
export function measurePartitions(
  points: WeightedPoints,
  labellings: readonly Labelling[],
  options: CriteriaOptions,
): MeasuredCriteria[] {
  for (const labelling of labellings) checkLabelling(labelling, points.points.rows);
  const limit = options.maxSilhouettePoints ?? 8000;
  const sampled = points.points.rows > limit;
  const silhouettes = sampled
    ? sampledSilhouettes(points, labellings, limit, options.random)
    : meanSilhouettes(points.points, points.weights, labellings);
  const basis = points.withinCellInertia === 0 && points.weights.every((weight) => weight === 1) ? "exact" : "grid";
  return labellings.map((labelling, l) => ({
    ...closedForms(points, labelling),
    silhouette: silhouettes[l],
    basis,
    ...(sampled && { silhouetteSampleRows: limit }),
  }));
}

/**
 * What the criteria were taken over, for people: "exact", or "grid, silhouette on a stratified sample of 8,000 rows".
 */
export function describeBasis({ basis, silhouetteSampleRows }: MeasuredCriteria): string {
  if (silhouetteSampleRows === undefined) return basis;
  return `${basis}, silhouette on a stratified sample of ${silhouetteSampleRows.toLocaleString("en-US")} rows`;
}

function sampledSilhouettes(
  { points, weights }: WeightedPoints,
  labellings: readonly Labelling[],
  size: number,
  random: () => number,
): Float64Array {
  const counts = stratifiedSample(weights, labellings, size, random);
  const chosen = Int32Array.from(counts.keys()).filter((i) => counts[i] > 0);
  const data = new Float64Array(chosen.length * points.columns);
  chosen.forEach((i, row) => {
    data.set(points.data.subarray(i * points.columns, (i + 1) * points.columns), row * points.columns);
  });
  return meanSilhouettes(
    { rows: chosen.length, columns: points.columns, data },
    Float64Array.from(chosen, (i) => counts[i]),
    labellings.map(({ k, labels }) => ({ k, labels: Int32Array.from(chosen, (i) => labels[i]) })),
  );
}

function closedForms(points: WeightedPoints, labelling: Labelling): Omit<KCriteria, "silhouette" | "basis"> {
  const { columns } = points.points;
  const clusters = sumClusters(points, labelling);
  const inertia = sum(clusters.squares) + points.withinCellInertia;
  return {
    k: labelling.k,
    inertia,
    silhouetteSquared: squaredSilhouette(points, labelling, clusters),
    calinskiHarabasz: calinskiHarabasz(clusters, columns, inertia),
    daviesBouldin: daviesBouldin(clusters, columns),
    smallestCluster: clusters.sizes.reduce((least, size) => Math.min(least, size), Number.POSITIVE_INFINITY),
  };
}

function sumClusters({ points, weights }: WeightedPoints, { k, labels }: Labelling): ClusterSums {
  const { rows, columns, data } = points;
  const sizes = new Float64Array(k);
  const means = new Float64Array(k * columns);
  for (let i = 0; i < rows; i++) {
    sizes[labels[i]] += weights[i];
    for (let j = 0; j < columns; j++) means[labels[i] * columns + j] += weights[i] * data[i * columns + j];
  }
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < columns && sizes[c] > 0; j++) means[c * columns + j] /= sizes[c];
  }
  const squares = new Float64Array(k);
  const distances = new Float64Array(k);
  for (let i = 0; i < rows; i++) {
    const squared = squaredDistance(data, i * columns, means, labels[i] * columns, columns);
    squares[labels[i]] += weights[i] * squared;
    distances[labels[i]] += weights[i] * Math.sqrt(squared);
  }
  return { sizes, means, squares, distances };
}

/** The squared silhouette of one partition, as `measurePartitions` has it. */
export function silhouetteOfLabels(points: WeightedPoints, labelling: Labelling): number {
  return squaredSilhouette(points, labelling, sumClusters(points, labelling));
}

/** The mean squared distance from x to a cluster's rows is ‖x − mean‖² + the cluster's mean square about its mean. */
function squaredSilhouette(
  { points, weights, withinCellInertia }: WeightedPoints,
  { k, labels }: Labelling,
  { sizes, means, squares }: ClusterSums,
): number {
  const { rows, columns, data } = points;
  const total = sum(sizes);
  const spread = 2 * (withinCellInertia / total);
  let weighted = 0;
  for (let i = 0; i < rows; i++) {
    const own = labels[i];
    let toOwn = 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      if (sizes[c] === 0) continue;
      const mean = squaredDistance(data, i * columns, means, c * columns, columns) + squares[c] / sizes[c] + spread;
      if (c === own) toOwn = (mean * sizes[c]) / (sizes[c] - 1);
      else if (mean < nearest) nearest = mean;
    }
    weighted += weights[i] * silhouetteOf(toOwn, nearest, sizes[own]);
  }
  return total > 0 ? weighted / total : 0;
}

function calinskiHarabasz({ sizes, means }: ClusterSums, columns: number, inertia: number): number {
  const total = sum(sizes);
  const used = sizes.reduce((count, size) => count + (size > 0 ? 1 : 0), 0);
  if (used < 2) return 0;
  const overall = new Float64Array(columns);
  for (let c = 0; c < sizes.length; c++) {
    for (let j = 0; j < columns; j++) overall[j] += (sizes[c] / total) * means[c * columns + j];
  }
  let between = 0;
  for (let c = 0; c < sizes.length; c++) between += sizes[c] * squaredDistance(means, c * columns, overall, 0, columns);
  // scikit-learn's convention for clusters of identical points.
  return inertia > 0 ? (between * (total - used)) / (inertia * (used - 1)) : 1;
}

function daviesBouldin({ sizes, means, distances }: ClusterSums, columns: number): number {
  const used = [...sizes.keys()].filter((c) => sizes[c] > 0);
  if (used.length < 2) return 0;
  let ratios = 0;
  for (const c of used) {
    let worst = 0;
    for (const e of used) {
      const scatter = distances[c] / sizes[c] + distances[e] / sizes[e];
      // Two clusters with the same mean have no ratio; scikit-learn leaves the pair out as well.
      const apart = Math.sqrt(squaredDistance(means, c * columns, means, e * columns, columns));
      if (e !== c && apart > 0) worst = Math.max(worst, scatter / apart);
    }
    ratios += worst;
  }
  return ratios / used.length;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
