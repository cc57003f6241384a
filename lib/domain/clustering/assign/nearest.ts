import type { Assignment, Matrix } from "../types.ts";
import { label3 } from "./label3.ts";
import { assign3, GROUP } from "./nearest3.ts";

/**
 * The nearest centroid of every row, ties to the lowest id. Distances are sums of squared differences: the expanded
 * form ‖x‖² − 2x·c + ‖c‖² cancels where it matters most.
 * @param rows n × d. @param centroids k × d, k ≤ 256.
 * @example
 * ```ts
 * const rows = { rows: 3, columns: 1, data: Float64Array.of(0.1, 2.4, 2.6) };
 * const centroids = { rows: 2, columns: 1, data: Float64Array.of(0, 5) };
 * assignNearest(rows, centroids).labels; // → Uint8Array.of(0, 0, 1)
 * ```
 */
export function assignNearest(rows: Matrix, centroids: Matrix): Assignment {
  const assignment: Assignment = {
    labels: new Uint8Array(rows.rows),
    nearest: new Float64Array(rows.rows),
    second: new Float64Array(rows.rows),
  };
  if (rows.columns === 3) assign3(rows.data, centroids.data, rows.rows, centroids.rows, assignment);
  else assignAny(rows, centroids, assignment);
  return assignment;
}

/** The labels of `assignNearest` alone, at more speed where the rows have three features. */
export function nearestLabels(rows: Matrix, centroids: Matrix): Uint8Array {
  if (rows.columns === 3 && centroids.rows <= GROUP)
    return label3(rows.data, centroids.data, rows.rows, centroids.rows);
  return assignNearest(rows, centroids).labels;
}

function assignAny(rows: Matrix, centroids: Matrix, { labels, nearest, second }: Assignment): void {
  const { columns: d, data: points } = rows;
  const { rows: k, data: means } = centroids;
  for (let i = 0; i < rows.rows; i++) {
    let best = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    let label = 0;
    for (let c = 0; c < k; c++) {
      let distance = 0;
      for (let j = 0; j < d; j++) {
        const difference = points[i * d + j] - means[c * d + j];
        distance += difference * difference;
      }
      if (distance < best) {
        next = best;
        best = distance;
        label = c;
      } else if (distance < next) next = distance;
    }
    labels[i] = label;
    nearest[i] = best;
    second[i] = next;
  }
}
