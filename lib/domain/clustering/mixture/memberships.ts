import type { Matrix } from "../types.ts";
import { densitiesOf, logDensities } from "./densities.ts";
import type { Mixture, MixtureLevel } from "./types.ts";

export interface Memberships {
  /** The likeliest component of each row, ties to the lowest. */
  readonly labels: Uint8Array;
  /** Its probability, 0..1. */
  readonly probability: Float64Array;
  /** Probability of the second likeliest; 0 where there is but one. */
  readonly runnerUp: Float64Array;
}

/**
 * To which component rows belong, and how probably.
 * @param rows n × d, in the mixture's space. @param all gets the probabilities of all components, n × k, where given.
 * @example
 * ```ts
 * const halves = { weights: Float64Array.of(0.5, 0.5), means: Float64Array.of(-1, 1) };
 * const mixture = { k: 2, dimensions: 1, covariance: "diag", covariances: Float64Array.of(1, 1), ...halves };
 * membershipsOf({ rows: 1, columns: 1, data: Float64Array.of(0) }, mixture).probability; // → Float64Array.of(0.5)
 * ```
 */
export function membershipsOf(rows: Matrix, mixture: Mixture, all?: Float64Array): Memberships {
  return assign(rows.rows, rows.data, undefined, mixture, all);
}

/** The likeliest component of each point: for a cell that of its rows together. */
export function likeliestLabels({ count, points, variances }: MixtureLevel, mixture: Mixture): Uint8Array {
  return assign(count, points, variances, mixture).labels;
}

function assign(
  count: number,
  points: Float64Array,
  variances: Float64Array | undefined,
  mixture: Mixture,
  all?: Float64Array,
): Memberships {
  const { k, dimensions: d } = mixture;
  const densities = densitiesOf(mixture);
  const logs = new Float64Array(k);
  const labels = new Uint8Array(count);
  const probability = new Float64Array(count);
  const runnerUp = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    logDensities(densities, points, i * d, variances, logs);
    let label = 0;
    let second = Number.NEGATIVE_INFINITY;
    for (let c = 1; c < k; c++) {
      if (logs[c] > logs[label]) {
        second = logs[label];
        label = c;
      } else if (logs[c] > second) second = logs[c];
    }
    const top = logs[label];
    let total = 0;
    for (let c = 0; c < k; c++) total += Math.exp(logs[c] - top);
    labels[i] = label;
    probability[i] = 1 / total;
    runnerUp[i] = Math.exp(second - top) / total;
    if (all !== undefined) for (let c = 0; c < k; c++) all[i * k + c] = Math.exp(logs[c] - top) / total;
  }
  return { labels, probability, runnerUp };
}
