import type { WarmStart } from "../clustering/fit/warmStart.ts";
import { identifyClusters, type ReferenceModel } from "../clustering/identity/clusterIdentity.ts";
import type { NamingScheme } from "../clustering/identity/naming.ts";
import type { KChoice } from "../clustering/judge/chooseK.ts";
import type { FeatureCorrelation, FeatureSeparation } from "../clustering/judge/separation.ts";
import type { FittedMixture } from "../clustering/mixture/types.ts";
import { decode } from "../clustering/space/encode.ts";
import type { FeatureEncoding, FittedPartition, KCriteria } from "../clustering/types.ts";
import type { FeatureRules } from "../rfm/rules/types.ts";
import type { ScoreEdges, ScoreMeasures, ScoreTies } from "../rfm/scoring.ts";
import type { SegmentTable } from "../rfm/segments.ts";
import type { WeightedScore } from "../rfm/weightedScore.ts";
import { contentId } from "../text/hash.ts";
import {
  criterionOf,
  scoreMeasuresOf,
  scoreTiesOf,
  segmentRulesOf,
  separationOf,
  weightedScoreOf,
} from "./cardParts.ts";
import type { ModelCard } from "./modelCard.ts";

export interface ModelIngredients {
  readonly partition: FittedPartition;
  /** Where the clusters are the components of one, in the order of the partition. */
  readonly mixture?: { readonly fitted: FittedMixture; readonly floor: number; readonly bic: number } | undefined;
  readonly choice: KChoice;
  readonly criteria: readonly KCriteria[];
  readonly clampedRows: number;
  readonly encodings: readonly FeatureEncoding[];
  readonly droppedFeatures: readonly { readonly name: string; readonly reason: string }[];
  readonly customers: number;
  readonly shards: number;
  readonly seed: number;
  readonly scoreEdges: ScoreEdges;
  readonly scoreTies?: ScoreTies | undefined;
  readonly scoreMeasures?: ScoreMeasures | undefined;
  readonly segmentTable: SegmentTable;
  readonly segmentRules?: FeatureRules | undefined;
  readonly weightedScore?: WeightedScore | undefined;
  /** The product's name of a cluster, or its letter → the user's. */
  readonly labelNames: Readonly<Record<string, string>>;
  /** How clusters are called; default profile. */
  readonly naming?: NamingScheme | undefined;
  /** The model whose ids and names are carried over, where there is one. */
  readonly reference?: ReferenceModel | undefined;
  readonly warmStart?: WarmStart | undefined;
  readonly separation?: readonly FeatureSeparation[] | undefined;
  readonly correlations?: readonly FeatureCorrelation[] | undefined;
  readonly distribution?: ModelCard["distribution"];
  readonly drift?: ModelCard["drift"];
  readonly forecast?: ModelCard["forecast"];
  readonly configHash: string;
  readonly codeVersion: string;
  readonly run: { readonly runId: string; readonly snapshotDate: string; readonly createdAt: string };
  readonly lineage: readonly {
    readonly ingestId: string;
    readonly source: string;
    readonly contentHash: string;
    readonly rows: number;
  }[];
}

/**
 * The card of a model. Its version is a digest of the run and of what decides scores: cards are never overwritten, so
 * another run that happens to find the same clusters must not pass for this one, with this one's lineage and criteria.
 */
export function buildModelCard(from: ModelIngredients): ModelCard {
  const { clusters, identity } = describeClusters(from);
  const { reason, explanation, naturalClusters, dropped } = from.choice;
  const decisive = {
    runId: from.run.runId,
    features: from.encodings,
    clusters: clusters.map(({ id, label, centroidScaled, weight, covarianceScaled }) => ({
      ...{ id, label, centroidScaled },
      ...(covarianceScaled === undefined ? {} : { weight, covarianceScaled }),
    })),
    scoreEdges: from.scoreEdges,
    ...scoreTiesOf(from),
    ...scoreMeasuresOf(from),
    segmentTable: from.segmentTable,
    ...segmentRulesOf(from),
    ...weightedScoreOf(from),
  };
  return {
    schemaVersion: 1,
    modelVersion: `m-${contentId(decisive)}`,
    createdAt: from.run.createdAt,
    codeVersion: from.codeVersion,
    configHash: from.configHash,
    seed: from.seed,
    features: from.encodings.map((encoding) => ({ ...encoding })),
    droppedFeatures: from.droppedFeatures.map((feature) => ({ ...feature })),
    k: from.partition.k,
    choice: { reason, explanation, naturalClusters, dropped: dropped.map((left) => ({ ...left })) },
    clusters,
    ...mixtureOfCard(from),
    criteria: from.criteria.map(criterionOf),
    scoreEdges: {
      recencyDays: [...from.scoreEdges.recencyDays],
      frequency: [...from.scoreEdges.frequency],
      monetary: [...from.scoreEdges.monetary],
    },
    ...scoreTiesOf(from),
    ...scoreMeasuresOf(from),
    segmentTable: Object.fromEntries(Object.entries(from.segmentTable).map(([name, cells]) => [name, [...cells]])),
    ...segmentRulesOf(from),
    ...weightedScoreOf(from),
    training: {
      customers: from.customers,
      inertia: from.partition.inertia,
      shards: from.shards,
      clampedRows: from.clampedRows,
    },
    ...separationOf(from),
    ...(identity === undefined ? {} : { identity }),
    ...(from.distribution === undefined ? {} : { distribution: from.distribution }),
    ...(from.drift === undefined ? {} : { drift: from.drift }),
    ...(from.forecast === undefined ? {} : { forecast: from.forecast }),
    lineage: {
      runId: from.run.runId,
      snapshotDate: from.run.snapshotDate,
      ingests: from.lineage.map((entry) => ({ ...entry })),
    },
  };
}

/** Clusters in the order of their ids. */
function describeClusters(from: ModelIngredients): Pick<ModelCard, "clusters" | "identity"> {
  const { centroids, sizes } = from.partition;
  const width = centroids.columns;
  if (width === 0) return { clusters: [onlyCluster(from)], identity: undefined };
  const { reference, warmStart, labelNames: names, naming: scheme } = from;
  const taken = Object.keys(from.segmentTable);
  const options = { names, scheme, taken, reference, warmStart };
  const { clusters, identity } = identifyClusters(centroids, from.encodings, options);
  const units = decode(centroids, from.encodings);
  const described = clusters.map(({ id, label, archetype }, at) => ({
    id,
    label,
    archetype,
    customers: sizes[at],
    share: sizes[at] / from.customers,
    centroidScaled: [...centroids.data.subarray(at * width, (at + 1) * width)],
    centroid: Object.fromEntries(from.encodings.map(({ name }, j) => [name, units.data[at * width + j]])),
    ...componentOf(from.mixture?.fitted, at),
  }));
  return { clusters: described.sort((a, b) => a.id - b.id), identity };
}

function mixtureOfCard({ mixture }: ModelIngredients): Pick<ModelCard, "mixture"> {
  if (mixture === undefined) return {};
  const { fitted, floor, bic } = mixture;
  return { mixture: { covariance: fitted.covariance, floor, logLikelihood: fitted.logLikelihood, bic } };
}

/** Weight and covariance of a component, for the cluster that it is. */
function componentOf(mixture: FittedMixture | undefined, at: number) {
  if (mixture === undefined) return {};
  const { dimensions: d, weights, covariances } = mixture;
  const rowOf = (a: number) => [...covariances.subarray((at * d + a) * d, (at * d + a + 1) * d)];
  return { weight: weights[at], covarianceScaled: Array.from({ length: d }, (_, a) => rowOf(a)) };
}

function onlyCluster({ customers, labelNames }: ModelIngredients): ModelCard["clusters"][number] {
  const label = labelNames["All Customers"] ?? "All Customers";
  return { id: 0, label, archetype: "All Customers", customers, share: 1, centroidScaled: [], centroid: {} };
}

/** The fit where no feature tells customers apart: one cluster at no distance. */
export function singleClusterFit(
  customers: number,
): Pick<ModelIngredients, "partition" | "choice" | "criteria" | "clampedRows"> {
  return {
    partition: { k: 1, centroids: { rows: 1, columns: 0, data: new Float64Array(0) }, inertia: 0, sizes: [customers] },
    choice: {
      k: 1,
      reason: "only k possible",
      explanation: "Every customer has the same values, so there is one cluster.",
      dropped: [],
      naturalClusters: false,
    },
    criteria: [],
    clampedRows: 0,
  };
}
