import { floorEigenvalues } from "./covariance.ts";
import { expectation, type SufficientStatistics } from "./expectation.ts";
import type { CovarianceType, FittedMixture, Mixture, MixtureLevel } from "./types.ts";

export interface EmOptions {
  /** No covariance has an eigenvalue below this, in squared deviations of the scaled features. */
  readonly floor: number;
  readonly maxIterations: number;
  /** Gain in log-likelihood per row below which it ends. */
  readonly tolerance: number;
}

/** A component with less than this share of the rows says nothing of a mean: it stays where it is. */
const LEAST_SHARE = 1e-9;

/**
 * Expectation-maximisation from a mixture on (Dempster, Laird and Rubin 1977), with covariances floored.
 * @returns the last mixture, with its log-likelihood: never below that of the start.
 */
export function fitFrom(level: MixtureLevel, start: Mixture, options: EmOptions): FittedMixture {
  let mixture = start;
  let statistics = expectation(level, mixture);
  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    const next = maximisation(statistics, mixture, options.floor);
    const after = expectation(level, next);
    const gain = after.logLikelihood - statistics.logLikelihood;
    // Rounding may cost the last digits where there is nothing left to gain.
    if (!(gain > 0)) break;
    mixture = next;
    statistics = after;
    if (gain < options.tolerance) break;
  }
  return { ...mixture, logLikelihood: statistics.logLikelihood };
}

/** The mixture that suits memberships best: weights, means, and covariances about them. */
export function maximisation(
  { mass, sums, products }: Omit<SufficientStatistics, "logLikelihood">,
  { k, dimensions: d, covariance, means, covariances }: Mixture,
  floor: number,
): Mixture {
  const total = mass.reduce((sum, one) => sum + one, 0);
  const next = {
    ...{ k, dimensions: d, covariance },
    weights: mass.map((one) => Math.max(one / total, LEAST_SHARE)),
    means: means.slice(),
    covariances: covariances.slice(),
  };
  for (let c = 0; c < k; c++) {
    if (mass[c] < LEAST_SHARE * total) continue;
    for (let a = 0; a < d; a++) next.means[c * d + a] = sums[c * d + a] / mass[c];
    for (let a = 0; a < d; a++) {
      for (let b = 0; b <= a; b++) {
        const about = next.means[c * d + a] * next.means[c * d + b];
        const value = covariance === "diag" && a !== b ? 0 : products[(c * d + a) * d + b] / mass[c] - about;
        next.covariances[(c * d + a) * d + b] = value;
        next.covariances[(c * d + b) * d + a] = value;
      }
    }
  }
  if (covariance === "tied") poolCovariances(next.covariances, mass, k, d);
  for (let c = 0; c < k; c++) {
    if (covariance === "tied" && c > 0) next.covariances.copyWithin(c * d * d, 0, d * d);
    else if (covariance === "diag") floorDiagonal(next.covariances, c * d * d, d, floor);
    else floorEigenvalues(next.covariances, c * d * d, d, floor);
  }
  return next;
}

/** The mixture of a hard partition, for a start. @param labels of the points, 0..k−1. */
export function mixtureOfLabels(
  level: MixtureLevel,
  labels: ArrayLike<number>,
  k: number,
  covariance: CovarianceType,
  floor: number,
): Mixture {
  const { count, dimensions: d, points, variances, weights } = level;
  const mass = new Float64Array(k);
  const sums = new Float64Array(k * d);
  const products = new Float64Array(k * d * d);
  for (let i = 0, at = 0; i < count; i++, at += d) {
    const c = labels[i];
    mass[c] += weights[i];
    for (let a = 0; a < d; a++) {
      const value = weights[i] * points[at + a];
      sums[c * d + a] += value;
      products[(c * d + a) * d + a] += value * points[at + a] + weights[i] * variances[at + a];
      for (let b = 0; b < a; b++) products[(c * d + a) * d + b] += value * points[at + b];
    }
  }
  const covariances = new Float64Array(k * d * d);
  for (let c = 0; c < k; c++) for (let a = 0; a < d; a++) covariances[(c * d + a) * d + a] = 1;
  const blank = { k, dimensions: d, covariance, weights: mass, means: new Float64Array(k * d), covariances };
  return maximisation({ mass, sums, products }, blank, floor);
}

function poolCovariances(covariances: Float64Array, mass: Float64Array, k: number, d: number): void {
  const pooled = new Float64Array(d * d);
  const total = mass.reduce((sum, one) => sum + one, 0);
  for (let c = 0; c < k; c++) {
    for (let at = 0; at < d * d; at++) pooled[at] += (mass[c] / total) * covariances[c * d * d + at];
  }
  covariances.set(pooled);
}

function floorDiagonal(covariances: Float64Array, at: number, d: number, floor: number): void {
  for (let a = 0; a < d; a++) {
    const index = at + a * d + a;
    covariances[index] = Math.max(floor, covariances[index]);
  }
}
