import type { Matrix, WeightedPoints } from "../types.ts";
import { silhouetteOfLabels } from "./criteria.ts";
import type { Labelling } from "./silhouette.ts";

/** What one feature does for a partition. */
export interface FeatureSeparation {
  readonly feature: string;
  /** By how much the squared silhouette of the same clusters is lower without it; below 0 where it blurs them. */
  readonly silhouetteLoss: number;
}

/** Two features that rise and fall together, or against one another. */
export interface FeatureCorrelation {
  readonly features: readonly [string, string];
  /** Pearson's, of the scaled values, −1..1. */
  readonly correlation: number;
}

/** From this correlation on two features say nearly the same, so what they say counts twice. */
export const TELLING_CORRELATION = 0.9;

/**
 * How much each feature separates the clusters: the squared silhouette over all features, less that over all others,
 * with the same labels. O(n k d²).
 * @param names one per column of the points; with one feature there is nothing to leave out, and all is its own.
 */
export function featureSeparation(
  points: WeightedPoints,
  labelling: Labelling,
  names: readonly string[],
): FeatureSeparation[] {
  const whole = silhouetteOfLabels(points, labelling);
  return names.map((feature, j) => ({
    feature,
    silhouetteLoss: names.length === 1 ? whole : whole - silhouetteOfLabels(without(points, j), labelling),
  }));
}

/** The points without one column; the spread inside cells is taken as even over the features. */
function without({ points, weights, withinCellInertia }: WeightedPoints, column: number): WeightedPoints {
  const { rows, columns, data } = points;
  const left = new Float64Array(rows * (columns - 1));
  let at = 0;
  for (let i = 0; i < data.length; i++) if (i % columns !== column) left[at++] = data[i];
  return {
    points: { rows, columns: columns - 1, data: left },
    weights,
    withinCellInertia: (withinCellInertia * (columns - 1)) / columns,
  };
}

/** The pairs of features whose correlation is at least {@link TELLING_CORRELATION}, either way. */
export function telling({ points, weights }: WeightedPoints, names: readonly string[]): FeatureCorrelation[] {
  const { means, products } = moments(points, weights);
  const d = points.columns;
  const covariance = (a: number, b: number): number => products[a * d + b] - means[a] * means[b];
  return names.flatMap((first, a) =>
    names.slice(a + 1).flatMap((second, offset): FeatureCorrelation[] => {
      const b = a + 1 + offset;
      const correlation = covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
      return Math.abs(correlation) >= TELLING_CORRELATION ? [{ features: [first, second], correlation }] : [];
    }),
  );
}

/** Weighted means of the columns and of their products; scaled values are near 0, so nothing cancels. */
function moments({ rows, columns: d, data }: Matrix, weights: Float64Array) {
  const means = new Float64Array(d);
  const products = new Float64Array(d * d);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < rows; i++)
    for (let a = 0; a < d; a++) {
      const value = (weights[i] / total) * data[i * d + a];
      means[a] += value;
      for (let b = 0; b < d; b++) products[a * d + b] += value * data[i * d + b];
    }
  return { means, products };
}
