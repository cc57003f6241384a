import { lloyd, type StopRule } from "../fit/lloyd.ts";
import type { Random } from "../fit/random.ts";
import { seedCentroids } from "../fit/seed.ts";
import { createLevel, type Level, type Solution } from "../sketch/points.ts";
import type { Matrix, WeightedPoints } from "../types.ts";

export interface GapOptions {
  readonly random: Random;
  /** The curve runs over k = 1..maxK (fewer when there are fewer distinct points). @default 10 */
  readonly maxK?: number;
  /** Reference data sets. @default 8 */
  readonly references?: number;
  /** Points in each reference; never more than rows. @default 1000 */
  readonly referencePoints?: number;
}

export interface GapPoint {
  readonly k: number;
  /** Mean over the references of ln(W_k / (m − k)), minus the same of the data. */
  readonly gap: number;
  /** Standard deviation over the references times √(1 + 1/references). */
  readonly standardError: number;
}

export interface GapStatistic {
  readonly curve: readonly GapPoint[];
  /** Smallest k with gap(k) ≥ gap(k + 1) − standardError(k + 1); null when the curve rises to its end. */
  readonly preferredK: number | null;
}

const STOP: StopRule = { maxIterations: 25, tolerance: 1e-3 };

/**
 * Gap statistic (Tibshirani, Walther and Hastie 2001): how much lower the inertia is than that of structureless data,
 * which is uniform over the box around the points along their principal components. Data and references are fitted
 * alike, each k from the best of k − 1 plus one centroid and from greedy k-means++. References are smaller than the
 * data, so inertia is taken per degree of freedom, W / (rows − k), and their scatter is somewhat larger: this errs on
 * the side of one cluster.
 * @param points rows or cells; a coarse level (about a thousand cells) is enough, and time is proportional to cells.
 */
export function gapStatistic(points: WeightedPoints, options: GapOptions): GapStatistic {
  const { random } = options;
  const level = createLevel(points);
  const maxK = Math.min(options.maxK ?? 10, level.count - 1);
  if (maxK < 1) return { curve: [], preferredK: 1 };
  const data = logDispersions(level, maxK, random);
  const size = Math.min(Math.round(level.totalWeight), options.referencePoints ?? 1000);
  const box = principalBox(level);
  const references = Array.from({ length: options.references ?? 8 }, () =>
    logDispersions(createLevel(uniformPoints(box, size, random)), Math.min(maxK, size - 1), random),
  );
  const measured = Math.min(data.length, ...references.map((one) => one.length));
  const curve = data.slice(0, measured).map((own, i) =>
    gapAt(
      i + 1,
      own,
      references.map((one) => one[i]),
    ),
  );
  return { curve, preferredK: preferred(curve) };
}

function gapAt(k: number, own: number, references: readonly number[]): GapPoint {
  const mean = references.reduce((sum, one) => sum + one, 0) / references.length;
  const variance = references.reduce((sum, one) => sum + (one - mean) ** 2, 0) / references.length;
  return { k, gap: mean - own, standardError: Math.sqrt(variance * (1 + 1 / references.length)) };
}

/** A curve that stops before its second point (identical rows) has no room for a second cluster. */
function preferred(curve: readonly GapPoint[]): number | null {
  if (curve.length < 2) return 1;
  const at = curve.findIndex((point, i) => {
    const next = curve[i + 1];
    return next !== undefined && point.gap >= next.gap - next.standardError;
  });
  return at < 0 ? null : curve[at].k;
}

/** ln(W_k / (rows − k)) for k = 1.. until `maxK`, or until no inertia is left. */
function logDispersions(level: Level, maxK: number, random: Random): number[] {
  const dispersions: number[] = [];
  let best: Solution = { k: 0, centroids: new Float64Array(0), cost: Number.POSITIVE_INFINITY };
  for (let k = 1; k <= maxK; k++) {
    const grown = lloyd(level, seedCentroids(level, k, best.centroids, random), k, STOP);
    const fresh = k < 3 ? grown : lloyd(level, seedCentroids(level, k, new Float64Array(0), random), k, STOP);
    best = fresh.cost < grown.cost ? fresh : grown;
    const inertia = best.cost + level.within;
    if (!(inertia > 1e-12 * level.squares) || level.totalWeight <= k) break;
    dispersions.push(Math.log(inertia / (level.totalWeight - k)));
  }
  return dispersions;
}

interface Box {
  /** d × d, one principal direction a row. */
  readonly axes: Matrix;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The box along the principal components that just holds all points. */
function principalBox({ count, dimensions: d, points, weights, totalWeight }: Level): Box {
  const mean = new Float64Array(d);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < d; j++) mean[j] += (weights[i] / totalWeight) * points[i * d + j];
  }
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < d; a++) {
      const left = (weights[i] / totalWeight) * (points[i * d + a] - mean[a]);
      for (let b = 0; b < d; b++) covariance[a * d + b] += left * (points[i * d + b] - mean[b]);
    }
  }
  const axes = { rows: d, columns: d, data: principalAxes(covariance, d) };
  const low = new Float64Array(d).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(d).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < d; a++) {
      let along = 0;
      for (let j = 0; j < d; j++) along += points[i * d + j] * axes.data[a * d + j];
      low[a] = Math.min(low[a], along);
      high[a] = Math.max(high[a], along);
    }
  }
  return { axes, low, high };
}

/** Eigenvectors of a symmetric d × d matrix, one a row, by cyclic Jacobi rotations (Jacobi 1846); destroys `matrix`. */
function principalAxes(matrix: Float64Array, d: number): Float64Array {
  const axes = new Float64Array(d * d);
  for (let j = 0; j < d; j++) axes[j * d + j] = 1;
  // Convergence is quadratic: a handful of sweeps reaches machine precision at any size used here.
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let a = 0; a < d; a++) {
      for (let b = a + 1; b < d; b++) {
        const off = matrix[a * d + b];
        if (off === 0) continue;
        const angle = Math.atan2(2 * off, matrix[a * d + a] - matrix[b * d + b]) / 2;
        rotateRows(matrix, d, a, b, angle);
        rotateColumns(matrix, d, a, b, angle);
        rotateRows(axes, d, a, b, angle);
        matrix[a * d + b] = 0;
        matrix[b * d + a] = 0;
      }
    }
  }
  return axes;
}

function rotateRows(matrix: Float64Array, d: number, a: number, b: number, angle: number): void {
  for (let j = 0; j < d; j++) rotate(matrix, a * d + j, b * d + j, angle);
}

function rotateColumns(matrix: Float64Array, d: number, a: number, b: number, angle: number): void {
  for (let i = 0; i < d; i++) rotate(matrix, i * d + a, i * d + b, angle);
}

function rotate(values: Float64Array, first: number, second: number, angle: number): void {
  const x = values[first];
  const y = values[second];
  values[first] = Math.cos(angle) * x + Math.sin(angle) * y;
  values[second] = Math.cos(angle) * y - Math.sin(angle) * x;
}

function uniformPoints({ axes, low, high }: Box, rows: number, random: Random): WeightedPoints {
  const d = axes.rows;
  const data = new Float64Array(rows * d);
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < d; a++) {
      const along = low[a] + random() * (high[a] - low[a]);
      for (let j = 0; j < d; j++) data[i * d + j] += along * axes.data[a * d + j];
    }
  }
  return { points: { rows, columns: d, data }, weights: new Float64Array(rows).fill(1), withinCellInertia: 0 };
}
