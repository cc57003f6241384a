import { createRandom, deriveSeed, type Seed } from "../fit/random.ts";
import type { WarmStart } from "../fit/warmStart.ts";
import { describeBasis, measurePartitions } from "../judge/criteria.ts";
import type { Judgement } from "../judge/judge.ts";
import { squaredDistance } from "../sketch/points.ts";
import type { FittedPartition, KCriteria, WeightedPoints } from "../types.ts";
import { chooseMixture } from "./chooseMixture.ts";
import { continueMixture } from "./continueMixture.ts";
import { mixtureOfLabels } from "./em.ts";
import { expectation } from "./expectation.ts";
import { bicOf, candidateOf, converge, type MixtureCandidate, type MixtureLevels } from "./fitMixtures.ts";
import { likeliestLabels } from "./memberships.ts";
import { mixtureStability } from "./stability.ts";
import type { CovarianceType, FittedMixture, Mixture, MixtureLevel } from "./types.ts";

const STABILITY_RESAMPLES = 6;

export interface JudgeMixturesInput {
  readonly levels: MixtureLevels;
  /** Ascending in k. */
  readonly candidates: readonly MixtureCandidate[];
  /** Types to try, the simpler ones first. */
  readonly covariances: readonly CovarianceType[];
  readonly floor: number;
  /** The mixture of the model before, in this space. */
  readonly previous?: Mixture | undefined;
  /** Its number of clusters, whatever its method. */
  readonly previousK?: number | undefined;
  readonly customers: number;
  /** k set by hand, or null. */
  readonly kByHand: number | null;
  readonly seed: Seed;
  /** Whether the fine level holds the rows themselves. */
  readonly exact: boolean;
}

export interface MixtureJudgement extends Judgement {
  readonly mixture: FittedMixture;
  readonly bic: number;
  readonly warmStart: WarmStart | undefined;
}

/** The mixture of the k that is chosen, fitted to the end, and what every k is worth. */
export function judgeMixtures(input: JudgeMixturesInput): MixtureJudgement {
  const { levels, floor, customers, kByHand, previousK, seed } = input;
  const { fine, coarse } = levels;
  const continued =
    input.previous === undefined
      ? { candidates: input.candidates, warmStart: undefined }
      : continueMixture(input.candidates, fine, input.previous, floor);
  const tried = continued.candidates.map((one) => ({ one, labels: likeliestLabels(fine, one.mixture) }));
  const worth = tried.map(({ one: { k, mixture, bic }, labels }) => ({
    ...{ k, covariance: mixture.covariance, bic },
    smallestCluster: Math.min(...sizesOf(fine, labels, k)),
  }));
  const requestedK = kByHand === null ? undefined : Math.min(kByHand, Math.max(...worth.map(({ k }) => k)));
  const singleBic = Math.min(...input.covariances.map((covariance) => bicOfOne(fine, covariance, floor)));
  const choice = chooseMixture(worth, { customers, singleBic, requestedK, previousK });
  const candidates = continued.candidates.map((one) => (one.k === choice.k ? toTheEnd(one, fine, floor) : one));
  const mixtures = candidates.map(({ mixture }) => mixture);
  const random = (what: string) => createRandom(deriveSeed(seed, "judge mixtures", what));
  const labellings = mixtures.map((mixture) => ({ k: mixture.k, labels: likeliestLabels(fine, mixture) }));
  const measured = measurePartitions(pointsOf(fine), labellings, { random: random("silhouette") });
  const stability = mixtureStability(coarse, mixtures, {
    ...{ random: random("stability"), resamples: STABILITY_RESAMPLES, floor },
  });
  const criteria = measured.map((one, at): KCriteria & { readonly basisText: string } => {
    const { mixture, bic, bicByCovariance } = candidates[at];
    const { covariance, logLikelihood } = mixture;
    const basis = input.exact && one.silhouetteSampleRows === undefined ? ("exact" as const) : one.basis;
    const worthOf = { covariance, logLikelihood, bic, bicByCovariance };
    return { ...one, basis, stability: stability[at], mixture: worthOf, basisText: describeBasis({ ...one, basis }) };
  });
  const at = candidates.findIndex(({ k }) => k === choice.k);
  const partition = partitionOf(fine, mixtures[at], labellings[at].labels);
  const { mixture, bic } = candidates[at];
  return { partition, choice, criteria, mixture, bic, warmStart: continued.warmStart };
}

function toTheEnd(candidate: MixtureCandidate, level: MixtureLevel, floor: number): MixtureCandidate {
  const mixture = converge(level, candidate.mixture, floor);
  const { bic } = candidateOf([mixture], level.totalWeight);
  return { ...candidate, mixture, bic, bicByCovariance: { ...candidate.bicByCovariance, [mixture.covariance]: bic } };
}

function bicOfOne(level: MixtureLevel, covariance: CovarianceType, floor: number): number {
  const mixture = mixtureOfLabels(level, new Uint8Array(level.count), 1, covariance, floor);
  const { logLikelihood } = expectation(level, mixture);
  return bicOf({ ...mixture, logLikelihood }, level.totalWeight);
}

/** The components as a partition: each customer where it belongs most probably, means as centroids. */
function partitionOf(level: MixtureLevel, { k, dimensions: d, means }: Mixture, labels: Uint8Array): FittedPartition {
  let inertia = withinCells(level);
  for (let i = 0; i < level.count; i++) {
    inertia += level.weights[i] * squaredDistance(level.points, i * d, means, labels[i] * d, d);
  }
  return { k, centroids: { rows: k, columns: d, data: means }, inertia, sizes: sizesOf(level, labels, k) };
}

function sizesOf({ count, weights }: MixtureLevel, labels: Uint8Array, k: number): number[] {
  const sizes = new Array<number>(k).fill(0);
  for (let i = 0; i < count; i++) sizes[labels[i]] += weights[i];
  return sizes;
}

function withinCells({ count, dimensions: d, variances, weights }: MixtureLevel): number {
  let sum = 0;
  for (let i = 0; i < count; i++) for (let j = 0; j < d; j++) sum += weights[i] * variances[i * d + j];
  return sum;
}

function pointsOf(level: MixtureLevel): WeightedPoints {
  const { count: rows, dimensions: columns, points: data, weights } = level;
  return { points: { rows, columns, data }, weights, withinCellInertia: withinCells(level) };
}
