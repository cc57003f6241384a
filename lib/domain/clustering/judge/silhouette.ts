import { ClusteringError } from "../errors.ts";
import type { Matrix } from "../types.ts";

/** A hard partition of points: `labels[i]` in 0..k−1 is the cluster of point `i`. */
export interface Labelling {
  readonly k: number;
  readonly labels: ArrayLike<number>;
}

/** Points grouped by their joint label over all partitions: members of an atom share a cluster in every one of them. */
interface Atoms {
  /** Point indices, atom after atom, input order inside an atom. */
  readonly order: Int32Array;
  /** `starts[a]..starts[a + 1]` are the places of atom `a` in `order`. */
  readonly starts: Int32Array;
  /** `clusters[l][a]` is the cluster of atom `a` in partition `l`. */
  readonly clusters: readonly Int32Array[];
}

/** @throws ClusteringError LABELLING unless there is one label in 0..k−1 for each of the `rows` points. */
export function checkLabelling({ k, labels }: Labelling, rows: number): void {
  if (labels.length !== rows) {
    throw new ClusteringError("LABELLING", `${labels.length} labels for ${rows} points.`, {
      k,
      labels: labels.length,
      rows,
    });
  }
  for (let i = 0; i < rows; i++) {
    if (!(labels[i] >= 0 && labels[i] < k && Number.isInteger(labels[i]))) {
      throw new ClusteringError("LABELLING", `Label ${labels[i]} of point ${i} is not one of 0..${k - 1}.`, {
        k,
        row: i,
      });
    }
  }
}

/**
 * Mean silhouette of several partitions of the same points, Euclidean distance (Rousseeuw 1987), as scikit-learn's
 * `silhouette_score`: s = (b − a) / max(a, b), 0 in clusters of one row. One partition's mean is 0 if it has one
 * cluster.
 *
 * Each distance is computed once for all partitions: points are ordered by joint label, so the distances from a point
 * to an atom add up in a register, and only atoms' totals are spread over the partitions' clusters.
 * @param points n × d; with repeated rows given once and counted in `weights` (their mutual distances are 0).
 * @param weights rows at each point, all > 0.
 * @returns one mean per partition. Time O(n² d / 2), memory O(n Σk).
 */
export function meanSilhouettes(points: Matrix, weights: Float64Array, labellings: readonly Labelling[]): Float64Array {
  for (const labelling of labellings) checkLabelling(labelling, points.rows);
  const atoms = groupByJointLabel(points.rows, labellings);
  const sums = labellings.map(({ k }) => new Float64Array(points.rows * k));
  addPairDistances(points, weights, atoms, labellings, sums);
  return Float64Array.from(labellings, (labelling, l) => meanOfPartition(labelling, sums[l], weights));
}

/**
 * A stratified sample of about `size` rows: systematic sampling along the points in order of their joint labels, so
 * every cluster of every partition keeps its share to within a row (Madow 1949).
 * @returns how many sampled rows fall on each point; they add up to `size`.
 */
export function stratifiedSample(
  weights: Float64Array,
  labellings: readonly Labelling[],
  size: number,
  random: () => number,
): Float64Array {
  const { order } = groupByJointLabel(weights.length, labellings);
  let total = 0;
  for (const weight of weights) total += weight;
  const step = total / size;
  const start = random();
  const counts = new Float64Array(weights.length);
  let passed = 0;
  let drawn = 0;
  for (const i of order) {
    passed += weights[i];
    // Counted from the running total, so rounding never accumulates over the draws.
    const reached = Math.min(size, Math.max(drawn, Math.ceil(passed / step - start)));
    counts[i] = reached - drawn;
    drawn = reached;
  }
  return counts;
}

function groupByJointLabel(rows: number, labellings: readonly Labelling[]): Atoms {
  const atom = new Int32Array(rows);
  let count = 1;
  for (const { k, labels } of labellings) {
    const refined = new Int32Array(count * k).fill(-1);
    count = 0;
    for (let i = 0; i < rows; i++) {
      const joint = atom[i] * k + labels[i];
      if (refined[joint] < 0) refined[joint] = count++;
      atom[i] = refined[joint];
    }
  }
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < rows; i++) starts[atom[i] + 1]++;
  for (let a = 0; a < count; a++) starts[a + 1] += starts[a];
  const order = new Int32Array(rows);
  const next = starts.slice();
  for (let i = 0; i < rows; i++) order[next[atom[i]]++] = i;
  const clusters = labellings.map(({ labels }) => Int32Array.from(starts.subarray(0, count), (s) => labels[order[s]]));
  return { order, starts, clusters };
}

/**
 * Adds, for every partition `l` and the point at place `p`, its distances to each cluster into `sums[l][p * k +
 * cluster]`.
 */
function addPairDistances(
  points: Matrix,
  weights: Float64Array,
  atoms: Atoms,
  labellings: readonly Labelling[],
  sums: readonly Float64Array[],
): void {
  const { order, starts, clusters } = atoms;
  const rows = order.length;
  const count = starts.length - 1;
  const sorted = sortPoints(points, order);
  const sortedWeights = Float64Array.from(order, (i) => weights[i]);
  const toLater = new Float64Array(rows);
  const kernel = points.columns <= 3 ? sumDistances3 : sumDistances;
  for (let a = 0; a < count; a++) {
    toLater.fill(0, starts[a]);
    for (let p = starts[a]; p < starts[a + 1]; p++) {
      for (let b = a; b < count; b++) {
        const first = b === a ? p + 1 : starts[b];
        const sum = kernel(sorted, sortedWeights, p, first, starts[b + 1], toLater, points.columns);
        for (let l = 0; l < sums.length; l++) sums[l][order[p] * labellings[l].k + clusters[l][b]] += sum;
      }
    }
    for (let l = 0; l < sums.length; l++) {
      const cluster = clusters[l][a];
      const { k } = labellings[l];
      for (let q = starts[a]; q < rows; q++) sums[l][order[q] * k + cluster] += toLater[q];
    }
  }
}

/** Copies the points in `order`; up to three columns are padded with zeros to three. */
function sortPoints({ columns, data }: Matrix, order: Int32Array): Float64Array {
  const width = Math.max(3, columns);
  const sorted = new Float64Array(order.length * width);
  for (let p = 0; p < order.length; p++) {
    for (let j = 0; j < columns; j++) sorted[p * width + j] = data[order[p] * columns + j];
  }
  return sorted;
}

type Kernel = (
  x: Float64Array,
  weights: Float64Array,
  p: number,
  first: number,
  end: number,
  toLater: Float64Array,
  columns: number,
) => number;

/** Weighted sum of the distances from `p` to `first..end`; each is also added, times p's weight, to `toLater`. */
const sumDistances3: Kernel = (x, weights, p, first, end, toLater) => {
  const x0 = x[3 * p];
  const x1 = x[3 * p + 1];
  const x2 = x[3 * p + 2];
  const weight = weights[p];
  let sum = 0;
  for (let q = first, o = 3 * first; q < end; q++, o += 3) {
    const d0 = x[o] - x0;
    const d1 = x[o + 1] - x1;
    const d2 = x[o + 2] - x2;
    const distance = Math.sqrt(d0 * d0 + d1 * d1 + d2 * d2);
    sum += weights[q] * distance;
    toLater[q] += weight * distance;
  }
  return sum;
};

const sumDistances: Kernel = (x, weights, p, first, end, toLater, columns) => {
  const weight = weights[p];
  let sum = 0;
  for (let q = first; q < end; q++) {
    let squared = 0;
    for (let j = 0; j < columns; j++) {
      const difference = x[q * columns + j] - x[p * columns + j];
      squared += difference * difference;
    }
    const distance = Math.sqrt(squared);
    sum += weights[q] * distance;
    toLater[q] += weight * distance;
  }
  return sum;
};

function meanOfPartition({ k, labels }: Labelling, sums: Float64Array, weights: Float64Array): number {
  const sizes = new Float64Array(k);
  for (let i = 0; i < weights.length; i++) sizes[labels[i]] += weights[i];
  let weighted = 0;
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    let nearest = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      if (c !== labels[i] && sizes[c] > 0) nearest = Math.min(nearest, sums[i * k + c] / sizes[c]);
    }
    const own = sums[i * k + labels[i]] / (sizes[labels[i]] - 1);
    weighted += weights[i] * silhouetteOf(own, nearest, sizes[labels[i]]);
    total += weights[i];
  }
  return total > 0 ? weighted / total : 0;
}

/** The silhouette of one row, from its mean distance to its own and to the nearest other cluster of it. */
export function silhouetteOf(own: number, nearest: number, ownSize: number): number {
  if (ownSize <= 1 || nearest === Number.POSITIVE_INFINITY) return 0;
  const greater = Math.max(own, nearest);
  return greater > 0 ? (nearest - own) / greater : 0;
}
