import type { WarmStart } from "../fit/warmStart.ts";
import { type ReferenceModel, referenceCentroids } from "../identity/clusterIdentity.ts";
import type { FeatureEncoding } from "../types.ts";
import { bicOf, converge, type MixtureCandidate } from "./fitMixtures.ts";
import { likeliestLabels } from "./memberships.ts";
import type { Mixture, MixtureLevel } from "./types.ts";

/**
 * How much less likely than the best found, in nats per customer, a mixture may be that goes on from the one before.
 */
export const LIKELIHOOD_HYSTERESIS = 0.01;

/**
 * Prefers continuity where it costs nearly nothing: for the previous number of components and type of covariance, what
 * the previous mixture becomes takes the place of the likeliest found when it is at most {@link LIKELIHOOD_HYSTERESIS}
 * less likely and every component is still somebody's likeliest.
 * @param previous in the space of the level.
 */
export function continueMixture(
  candidates: readonly MixtureCandidate[],
  level: MixtureLevel,
  previous: Mixture,
  floor: number,
): { readonly candidates: readonly MixtureCandidate[]; readonly warmStart: WarmStart } {
  const best = candidates.find(({ k }) => k === previous.k);
  if (best === undefined || best.bicByCovariance[previous.covariance] === undefined) {
    return { candidates, warmStart: "other k" };
  }
  const warm = converge(level, previous, floor);
  const inUse = new Set(likeliestLabels(level, warm)).size;
  const rows = level.totalWeight;
  const bic = bicOf(warm, rows);
  // Types of covariance differ in what they cost, so that the criterion compares them; within one it is the likelihood.
  if (inUse < warm.k || bic > best.bic + 2 * LIKELIHOOD_HYSTERESIS * rows) return { candidates, warmStart: "too dear" };
  const continued = {
    ...best,
    mixture: warm,
    bic,
    bicByCovariance: { ...best.bicByCovariance, [warm.covariance]: bic },
  };
  return { candidates: candidates.map((one) => (one === best ? continued : one)), warmStart: "taken" };
}

/** The mixture of an earlier model in another space; undefined for K-Means, or where the features differ. */
export function referenceMixture(
  reference: ReferenceModel,
  encodings: readonly FeatureEncoding[],
): Mixture | undefined {
  const means = referenceCentroids(reference, encodings);
  if (means === undefined || reference.mixture === undefined) return undefined;
  const mixture = mixtureOf(reference);
  const ratios = reference.features.map(({ deviation }, j) => deviation / encodings[j].deviation);
  const d = ratios.length;
  const scaled = (value: number, at: number) => value * ratios[Math.floor(at / d) % d] * ratios[at % d];
  return { ...mixture, means: means.data, covariances: mixture.covariances.map(scaled) };
}

/** The mixture that a model card holds, in its own space. */
export function mixtureOf({ clusters, features, mixture }: Pick<ReferenceModel, "clusters" | "features" | "mixture">) {
  return {
    k: clusters.length,
    dimensions: features.length,
    covariance: mixture?.covariance ?? "full",
    weights: Float64Array.from(clusters, ({ weight }) => weight ?? 0),
    means: Float64Array.from(clusters.flatMap(({ centroidScaled }) => centroidScaled)),
    covariances: Float64Array.from(clusters.flatMap(({ covarianceScaled }) => covarianceScaled ?? []).flat()),
  } satisfies Mixture;
}
