/** Which covariances components have: each its own, all the same one, or each its own without correlations. */
export const COVARIANCE_TYPES = ["full", "tied", "diag"] as const;
export type CovarianceType = (typeof COVARIANCE_TYPES)[number];

/** A Gaussian mixture in scaled space. */
export interface Mixture {
  readonly k: number;
  readonly dimensions: number;
  readonly covariance: CovarianceType;
  /** Shares of the components, which add up to 1. */
  readonly weights: Float64Array;
  /** k × d. */
  readonly means: Float64Array;
  /** k × d × d, whatever the type of the covariance: no eigenvalue below the floor. */
  readonly covariances: Float64Array;
}

/** A mixture with what it is worth. */
export interface FittedMixture extends Mixture {
  /**
   * Mean natural logarithm of the density over the rows; over cells, whose rows share their memberships, what
   * `expectation` says of it.
   */
  readonly logLikelihood: number;
}

/**
 * Weighted points with the variance of the rows that each stands for: what expectation-maximisation needs to know of
 * them.
 */
export interface MixtureLevel {
  readonly count: number;
  readonly dimensions: number;
  /** count × d means, in scaled space. */
  readonly points: Float64Array;
  /** count × d population variances inside the cells; 0 where the points are the rows. */
  readonly variances: Float64Array;
  readonly weights: Float64Array;
  readonly totalWeight: number;
}
