import type { Matrix, WeightedPoints } from "../types.ts";

/** Weighted points with the working memory of the fitting loops, so that restarts allocate nothing of their size. */
export interface Level {
  readonly count: number;
  readonly dimensions: number;
  readonly points: Float64Array;
  readonly weights: Float64Array;
  /** Inertia inside the points themselves, which no partition can change. */
  readonly within: number;
  /** Σ w‖x‖². */
  readonly squares: number;
  readonly totalWeight: number;
  readonly labels: Int32Array;
  /** Hamerly's bounds, or squared distances to nearest and second nearest centroid: whoever runs owns them. */
  readonly upper: Float64Array;
  readonly lower: Float64Array;
}

/** A set of k centroids and its cost on one level (without the level's own inertia). */
export interface Solution {
  readonly k: number;
  /** k × dimensions. */
  readonly centroids: Float64Array;
  readonly cost: number;
}

export function createLevel({ points, weights, withinCellInertia }: WeightedPoints): Level {
  const { rows: count, columns: dimensions, data } = points;
  let squares = 0;
  let totalWeight = 0;
  for (let i = 0; i < count; i++) {
    totalWeight += weights[i];
    for (let j = 0; j < dimensions; j++) squares += weights[i] * data[i * dimensions + j] ** 2;
  }
  return {
    count,
    dimensions,
    points: data,
    weights,
    within: withinCellInertia,
    squares,
    totalWeight,
    labels: new Int32Array(count),
    upper: new Float64Array(count),
    lower: new Float64Array(count),
  };
}

/**
 * Distinct rows in lexicographic order, with how often each occurs: sums over them do not depend on the order the rows
 * came in.
 */
export function distinctPoints(rows: Matrix): WeightedPoints {
  const { columns, data } = rows;
  const compare = (a: number, b: number): number => {
    for (let j = 0; j < columns; j++) {
      const difference = data[a * columns + j] - data[b * columns + j];
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const order = Uint32Array.from({ length: rows.rows }, (_, i) => i).sort(compare);
  const distinct = new Float64Array(data.length);
  const weights = new Float64Array(rows.rows);
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    if (i > 0 && compare(order[i - 1], order[i]) === 0) {
      weights[count - 1]++;
      continue;
    }
    const from = order[i] * columns;
    distinct.set(data.subarray(from, from + columns), count * columns);
    weights[count++] = 1;
  }
  return {
    points: { rows: count, columns, data: distinct.slice(0, count * columns) },
    weights: weights.slice(0, count),
    withinCellInertia: 0,
  };
}

/** Squared Euclidean distance of the vectors at two offsets, as a sum of squared differences. */
export function squaredDistance(a: Float64Array, i: number, b: Float64Array, j: number, dimensions: number): number {
  let sum = 0;
  for (let f = 0; f < dimensions; f++) {
    const difference = a[i + f] - b[j + f];
    sum += difference * difference;
  }
  return sum;
}

/**
 * For every point the nearest centroid (ties to the lowest id) and the squared distances to it and to the second
 * nearest, into the level's labels, upper and lower.
 */
export function labelLevel(level: Level, centroids: Float64Array, k: number): void {
  const { count, dimensions, points, labels, upper, lower } = level;
  for (let i = 0; i < count; i++) {
    let best = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    let label = 0;
    if (dimensions === 3) {
      const x = points[3 * i];
      const y = points[3 * i + 1];
      const z = points[3 * i + 2];
      for (let c = 0; c < k; c++) {
        const dx = x - centroids[3 * c];
        const dy = y - centroids[3 * c + 1];
        const dz = z - centroids[3 * c + 2];
        const distance = dx * dx + dy * dy + dz * dz;
        if (distance < best) {
          second = best;
          best = distance;
          label = c;
        } else if (distance < second) second = distance;
      }
    } else {
      for (let c = 0; c < k; c++) {
        const distance = squaredDistance(points, i * dimensions, centroids, c * dimensions, dimensions);
        if (distance < best) {
          second = best;
          best = distance;
          label = c;
        } else if (distance < second) second = distance;
      }
    }
    labels[i] = label;
    upper[i] = best;
    lower[i] = second;
  }
}
