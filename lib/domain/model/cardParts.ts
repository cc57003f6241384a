import type { FeatureCorrelation, FeatureSeparation } from "../clustering/judge/separation.ts";
import type { KCriteria } from "../clustering/types.ts";
import type { FeatureRules } from "../rfm/rules/types.ts";
import type { ScoreMeasures, ScoreTies } from "../rfm/scoring.ts";
import type { WeightedScore } from "../rfm/weightedScore.ts";
import type { ModelCard } from "./modelCard.ts";

/** What the features do for the clusters; nothing where there is nothing to say. */
export function separationOf({
  separation = [],
  correlations = [],
}: {
  readonly separation?: readonly FeatureSeparation[] | undefined;
  readonly correlations?: readonly FeatureCorrelation[] | undefined;
}): Pick<ModelCard, "separation" | "correlations"> {
  const pairs = correlations.map(({ features: [a, b], correlation }) => ({
    ...{ features: [a, b] as [string, string], correlation },
  }));
  return {
    ...(separation.length === 0 ? {} : { separation: separation.map((one) => ({ ...one })) }),
    ...(pairs.length === 0 ? {} : { correlations: pairs }),
  };
}

/** The tie keys of measures scored by ntile. */
export function scoreTiesOf({
  scoreTies,
}: {
  readonly scoreTies?: ScoreTies | undefined;
}): Pick<ModelCard, "scoreTies"> {
  if (scoreTies === undefined) return {};
  const lists = Object.entries(scoreTies).map(([measure, keys]) => [measure, [...(keys ?? [])]]);
  return { scoreTies: Object.fromEntries(lists) };
}

/** What the scores are of, where it is not the usual. */
export const scoreMeasuresOf = ({
  scoreMeasures,
}: {
  readonly scoreMeasures?: ScoreMeasures | undefined;
}): Pick<ModelCard, "scoreMeasures"> => (scoreMeasures === undefined ? {} : { scoreMeasures: { ...scoreMeasures } });

/** The rules over features, where segments have some. */
export function segmentRulesOf({
  segmentRules,
}: {
  readonly segmentRules?: FeatureRules | undefined;
}): Pick<ModelCard, "segmentRules"> {
  if (segmentRules === undefined) return {};
  const { rules, otherwise } = segmentRules;
  const listed = rules.map(({ name, cells, features }) => ({
    ...{ name, cells: [...cells] },
    ...(features === undefined ? {} : { features: { ...features } }),
  }));
  return { segmentRules: { rules: listed, ...(otherwise === undefined ? {} : { otherwise }) } };
}

/** Weights and bands, where a shop has some. */
export const weightedScoreOf = ({
  weightedScore,
}: {
  readonly weightedScore?: WeightedScore | undefined;
}): Pick<ModelCard, "weightedScore"> =>
  weightedScore === undefined
    ? {}
    : { weightedScore: { weights: { ...weightedScore.weights }, edges: [...weightedScore.edges] } };

/** The criteria of one k. */
export function criterionOf({
  k,
  inertia,
  silhouette,
  silhouetteSquared,
  ...rest
}: KCriteria & { basisText?: string }): ModelCard["criteria"][number] {
  const { calinskiHarabasz, daviesBouldin, gap, gapStandardError, stability, smallestCluster, basis, basisText } = rest;
  const { mixture } = rest;
  return {
    ...{
      k,
      inertia,
      silhouette,
      silhouetteSquared,
      calinskiHarabasz,
      daviesBouldin,
      smallestCluster,
      basis: basisText ?? basis,
    },
    ...(gap === undefined ? {} : { gap }),
    ...(gapStandardError === undefined ? {} : { gapStandardError }),
    ...(stability === undefined ? {} : { stability }),
    ...(mixture === undefined ? {} : { mixture: { ...mixture } }),
  };
}
