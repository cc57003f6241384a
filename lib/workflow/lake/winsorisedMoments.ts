import { type FeatureMoments, transformValue } from "../../domain/clustering/space/encode.ts";
import { moments } from "../../domain/clustering/space/moments.ts";
import { quantile } from "../../domain/rfm/quantile.ts";

/**
 * Moments of one feature with its values limited to two of its quantiles (linear interpolation, numpy's default).
 * Only the clustering sees the limited values.
 * @param values in raw units, in any order; NaN where a customer has none.
 */
export function winsorisedMoments(
  values: Float64Array,
  feature: Pick<FeatureMoments, "name" | "transform" | "scale" | "weight" | "missing">,
  { lower, upper }: { readonly lower: number; readonly upper: number },
): FeatureMoments {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const limits = { winsorLow: quantile(sorted, lower), winsorHigh: quantile(sorted, upper) };
  const { name, transform, scale = 1 } = feature;
  const settings = { name, transform, scale, ...limits };
  // In ascending order, so that the sums do not depend on the order of the customers.
  const { count, mean, squaredDeviations } = moments(sorted.map((value, row) => transformValue(value, settings, row)));
  return { ...feature, ...limits, count, mean, variance: squaredDeviations / count };
}
