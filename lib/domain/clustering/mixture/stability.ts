import type { Random } from "../fit/random.ts";
import { adjustedRandIndex, drawPoisson } from "../judge/stability.ts";
import { fitFrom } from "./em.ts";
import { likeliestLabels } from "./memberships.ts";
import { seededMixture } from "./search.ts";
import type { Mixture, MixtureLevel } from "./types.ts";

/** Past these steps labels hardly move any more; the index needs no converged fit. */
const STOP = { maxIterations: 20, tolerance: 1e-4 };

/**
 * How far each mixture's clusters come back when customers are drawn anew: as `bootstrapStability` of partitions, with
 * refits by expectation-maximisation from the mixture and from greedy k-means++, of which the likelier counts.
 * @param level a coarse one is enough. @returns one mean adjusted Rand index per mixture, at most 1.
 */
export function mixtureStability(
  level: MixtureLevel,
  mixtures: readonly Mixture[],
  options: { readonly random: Random; readonly resamples: number; readonly floor: number },
): number[] {
  const { random, resamples, floor } = options;
  const originals = mixtures.map((mixture) => ({ k: mixture.k, labels: likeliestLabels(level, mixture) }));
  const totals = mixtures.map(() => 0);
  for (let r = 0; r < resamples; r++) {
    const weights = level.weights.map((weight) => drawPoisson(weight, random));
    const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
    mixtures.forEach((mixture, at) => {
      const again = totalWeight === 0 ? mixture : refit({ ...level, weights, totalWeight }, mixture, floor, random);
      const labels = likeliestLabels(level, again);
      totals[at] += adjustedRandIndex(originals[at], { k: mixture.k, labels }, level.weights);
    });
  }
  return totals.map((total) => total / resamples);
}

function refit(level: MixtureLevel, mixture: Mixture, floor: number, random: Random): Mixture {
  const warm = fitFrom(level, mixture, { floor, ...STOP });
  const seeded = seededMixture(level, mixture.k, mixture.covariance, floor, random);
  const fresh = fitFrom(level, seeded, { floor, ...STOP });
  return fresh.logLikelihood > warm.logLikelihood ? fresh : warm;
}
