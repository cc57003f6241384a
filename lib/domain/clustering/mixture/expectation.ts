import { densitiesOf, logDensities } from "./densities.ts";
import type { Mixture, MixtureLevel } from "./types.ts";

/** Below this a membership is smaller than the rounding of the sum it would be added to. */
const NOTHING = -37;

/** What the rows are worth to each component: all that a step of expectation-maximisation needs of them. */
export interface SufficientStatistics {
  readonly logLikelihood: number;
  /** Σ membership of each component. */
  readonly mass: Float64Array;
  /** Σ membership · x, k × d. */
  readonly sums: Float64Array;
  /** Σ membership · x xᵀ with what is inside the cells, k × d × d, lower triangles. */
  readonly products: Float64Array;
}

/**
 * One pass over a level: memberships of its points under a mixture, summed up. The rows of a cell share the memberships
 * that suit them best on average, so without covariances the log-likelihood is a lower bound of that over the rows
 * (Verbeek, Nunnink and Vlassis 2006); with them it is one but for the correlations inside cells, which are not known.
 */
export function expectation(level: MixtureLevel, mixture: Mixture): SufficientStatistics {
  const { k, dimensions: d, covariance } = mixture;
  const { count, points, variances, weights, totalWeight } = level;
  const densities = densitiesOf(mixture);
  const needsProducts = covariance !== "diag";
  const mass = new Float64Array(k);
  const sums = new Float64Array(k * d);
  const products = new Float64Array(k * d * d);
  const logs = new Float64Array(k);
  let logLikelihood = 0;
  for (let i = 0, at = 0; i < count; i++, at += d) {
    logDensities(densities, points, at, variances, logs);
    let top = logs[0];
    for (let c = 1; c < k; c++) if (logs[c] > top) top = logs[c];
    let total = 0;
    for (let c = 0; c < k; c++) {
      logs[c] = logs[c] - top < NOTHING ? 0 : Math.exp(logs[c] - top);
      total += logs[c];
    }
    logLikelihood += weights[i] * (top + Math.log(total));
    const scale = weights[i] / total;
    for (let c = 0; c < k; c++) {
      if (logs[c] === 0) continue;
      const membership = logs[c] * scale;
      mass[c] += membership;
      for (let a = 0; a < d; a++) {
        const value = membership * points[at + a];
        const row = (c * d + a) * d;
        sums[c * d + a] += value;
        products[row + a] += value * points[at + a] + membership * variances[at + a];
        if (needsProducts) for (let b = 0; b < a; b++) products[row + b] += value * points[at + b];
      }
    }
  }
  return { logLikelihood: logLikelihood / totalWeight, mass, sums, products };
}
