import { ClusteringError } from "../errors.ts";
import { squaredDistance } from "../sketch/points.ts";
import type { Matrix } from "../types.ts";

/**
 * Minimum-cost assignment of every row to a column of its own (Kuhn 1955; shortest augmenting paths with potentials,
 * Jonker and Volgenant 1987). Deterministic: rows are added in order, ties go to the lowest column.
 * @param cost rows × columns, rows ≤ columns, all finite.
 * @returns the column of each row. O(rows² · columns).
 * @throws ClusteringError ASSIGNMENT when there are more rows than columns or a cost is not finite.
 */
export function solveAssignment(cost: Matrix): Int32Array {
  const { rows, columns, data } = cost;
  if (rows > columns) throw new ClusteringError("ASSIGNMENT", `${rows} rows cannot have a column each of ${columns}.`);
  for (let i = 0; i < rows * columns; i++) {
    if (!Number.isFinite(data[i])) throw new ClusteringError("ASSIGNMENT", `The cost ${data[i]} is not finite.`);
  }
  const potentials = { row: new Float64Array(rows), column: new Float64Array(columns) };
  const owner = new Int32Array(columns).fill(-1);
  for (let row = 0; row < rows; row++) augment(cost, row, potentials, owner);
  const assigned = new Int32Array(rows);
  owner.forEach((row, column) => {
    if (row >= 0) assigned[row] = column;
  });
  return assigned;
}

/** Dijkstra over reduced costs from a new row to the nearest free column; then the path's columns change owner. */
function augment(
  { columns, data }: Matrix,
  start: number,
  potentials: { row: Float64Array; column: Float64Array },
  owner: Int32Array,
): void {
  const distance = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const cameFrom = new Int32Array(columns).fill(-1);
  const done = new Uint8Array(columns);
  let row = start;
  let reached = 0;
  let column = -1;
  while (row >= 0) {
    const previous = column;
    column = -1;
    for (let c = 0; c < columns; c++) {
      if (done[c] === 1) continue;
      const through = reached + data[row * columns + c] - potentials.row[row] - potentials.column[c];
      if (through < distance[c]) {
        distance[c] = through;
        cameFrom[c] = previous;
      }
      if (column < 0 || distance[c] < distance[column]) column = c;
    }
    done[column] = 1;
    reached = distance[column];
    row = owner[column];
  }
  potentials.row[start] += reached;
  for (let c = 0; c < columns; c++) {
    if (done[c] === 0 || c === column) continue;
    potentials.row[owner[c]] += reached - distance[c];
    potentials.column[c] -= reached - distance[c];
  }
  while (column >= 0) {
    const previous = cameFrom[column];
    owner[column] = previous < 0 ? start : owner[previous];
    column = previous;
  }
}

export interface MatchOptions {
  /** Farthest that a cluster may move and stay the same one: Euclidean distance in standard deviations. @default 1 */
  readonly gate?: number;
  /** Ids of the previous clusters. @default 0, 1, 2 … */
  readonly previousIds?: readonly number[];
  /** Lowest id for new clusters, so that ids once retired are not used again. @default highest previous id + 1 */
  readonly nextId?: number;
}

export interface ClusterMatch {
  /** Stable id of each new centroid, in the order given. */
  readonly ids: readonly number[];
  /** Ids that had no predecessor. */
  readonly born: readonly number[];
  /** Previous ids with no successor. */
  readonly vanished: readonly number[];
  /** How far each new centroid is from its predecessor; null for new clusters. */
  readonly moved: readonly (number | null)[];
}

/**
 * Carries cluster ids from one model to the next: the assignment with the least total squared movement, where leaving a
 * cluster unmatched costs as much as moving it by the gate. Both sets of centroids must be in the same scaled space
 * (bring the previous model's back to units and scale them with the new means and deviations first).
 * New clusters get ids from `nextId` on, in the order given.
 * @throws ClusteringError MATCH when dimensions or the number of ids differ, or ids repeat.
 */
export function matchClusters(previous: Matrix, next: Matrix, options: MatchOptions = {}): ClusterMatch {
  const previousIds = options.previousIds ?? Array.from({ length: previous.rows }, (_, i) => i);
  if (previous.columns !== next.columns && previous.rows > 0) {
    throw new ClusteringError(
      "MATCH",
      `Centroids of ${previous.columns} and of ${next.columns} features do not match.`,
    );
  }
  if (previousIds.length !== previous.rows || new Set(previousIds).size !== previousIds.length) {
    throw new ClusteringError("MATCH", `${previous.rows} previous clusters need as many different ids.`, {
      previousIds,
    });
  }
  const gate = (options.gate ?? 1) ** 2;
  // One more column a row: its own way of staying unmatched.
  const columns = previous.rows + next.rows;
  const data = new Float64Array(next.rows * columns).fill(gate);
  for (let i = 0; i < next.rows; i++) {
    for (let p = 0; p < previous.rows; p++) data[i * columns + p] = Math.min(gate, movement(previous, p, next, i));
  }
  const assigned = solveAssignment({ rows: next.rows, columns, data });
  const isMatch = (i: number) => assigned[i] < previous.rows && data[i * columns + assigned[i]] < gate;
  let nextId = options.nextId ?? Math.max(-1, ...previousIds) + 1;
  const ids = Array.from(assigned, (p, i) => (isMatch(i) ? previousIds[p] : nextId++));
  return {
    ids,
    born: ids.filter((_, i) => !isMatch(i)),
    vanished: previousIds.filter((id) => !ids.includes(id)),
    moved: ids.map((_, i) => (isMatch(i) ? Math.sqrt(movement(previous, assigned[i], next, i)) : null)),
  };
}

function movement(previous: Matrix, p: number, next: Matrix, i: number): number {
  return squaredDistance(previous.data, p * previous.columns, next.data, i * next.columns, next.columns);
}

/**
 * Order of clusters in a first model, best first: the mean of z(frequency), z(monetary) and −z(recency), or of all
 * features where there is none of the three. Ties by the coordinates themselves, so the order never depends on the
 * input's.
 * @param featureNames one per column of `centroids`; `recency_days` counts in reverse.
 * @returns old cluster numbers in their new order.
 */
export function orderByValue(centroids: Matrix, featureNames: readonly string[]): number[] {
  const { rows, columns, data } = centroids;
  const signed = (c: number, j: number) => (featureNames[j] === "recency_days" ? -1 : 1) * data[c * columns + j];
  const isValue = (name: string) => ["recency_days", "frequency", "monetary"].includes(name);
  const telling = featureNames.flatMap((name, j) => (isValue(name) ? [j] : []));
  const counting = telling.length > 0 ? telling : featureNames.map((_, j) => j);
  const value = (c: number) => counting.reduce((sum, j) => sum + signed(c, j), 0) / counting.length;
  return Array.from({ length: rows }, (_, c) => c).sort((a, b) => {
    let difference = value(b) - value(a);
    for (let j = 0; difference === 0 && j < columns; j++) difference = signed(b, j) - signed(a, j);
    return difference === 0 ? a - b : difference;
  });
}
