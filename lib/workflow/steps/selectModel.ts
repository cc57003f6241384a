import { nearestLabels } from "../../domain/clustering/assign/nearest.ts";
import { type SelectFitResult, selectFit } from "../../domain/clustering/fit/selectFit.ts";
import type { Candidates } from "../../domain/clustering/fit/shardFit.ts";
import { continuePrevious } from "../../domain/clustering/fit/warmStart.ts";
import { referenceCentroids } from "../../domain/clustering/identity/clusterIdentity.ts";
import { schemeOf } from "../../domain/clustering/identity/naming.ts";
import { judgePartitions } from "../../domain/clustering/judge/judge.ts";
import { featureSeparation, telling } from "../../domain/clustering/judge/separation.ts";
import { membershipsOf } from "../../domain/clustering/mixture/memberships.ts";
import { selectMixture } from "../../domain/clustering/mixture/selectMixture.ts";
import type { Grid } from "../../domain/clustering/sketch/grid.ts";
import { mergeGrids } from "../../domain/clustering/sketch/gridLevels.ts";
import type { Matrix } from "../../domain/clustering/types.ts";
import { buildModelCard, singleClusterFit } from "../../domain/model/buildModelCard.ts";
import { addBinCounts, DRIFT_FEATURES, driftOf, perFeature } from "../../domain/model/drift.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { encodeFeatures } from "../../domain/rfm/featureColumns.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunPlan } from "../documents.ts";
import { forecastCardOf } from "../forecast/forecastCard.ts";
import { readJson, writeJsonOnce } from "../lake/json.ts";
import { modelKey as modelKeyOf, runKey } from "../lake/layout.ts";
import { readSketch, type ShardBinCounts } from "../lake/sketch.ts";
import { readReferenceModel } from "../models/reference.ts";
import { allRanges, type ClusteringPlan, sketchKeyOf } from "../shards/clusteringPlan.ts";
import { readFeatures } from "../shards/features.ts";
import type { ModelReference, PlanReference, RunState, StepPorts } from "./state.ts";

/** Up to this many customers the last refinement runs over the customers themselves, not over cells. */
const EXACT_ROWS = 30_000;
/** Sketches read side by side. */
const SKETCHES_AT_ONCE = 32;

/** Merges the shards' sketches, refines every k, chooses one, names the clusters and writes the model card. */
export async function selectModel(ports: StepPorts, state: RunState): Promise<ModelReference> {
  const plan = await readJson<ClusteringPlan>(ports.store, (state.plan as PlanReference).planKey);
  const runPlan = await readJson<RunPlan>(ports.store, runKey(state.attempt));
  const reference = await readReferenceModel(ports.store, state.attempt);
  const fitted =
    plan.encodings.length === 0 ? singleClusterFit(plan.customers) : await fitPlan(ports.store, plan, reference);
  const card = buildModelCard({
    ...fitted,
    reference,
    encodings: plan.encodings,
    droppedFeatures: plan.droppedFeatures,
    customers: plan.customers,
    shards: plan.shards.length,
    seed: plan.seed,
    scoreEdges: plan.scoreEdges,
    scoreTies: plan.scoreTies,
    scoreMeasures: plan.scoreMeasures,
    segmentTable: plan.segmentTable,
    segmentRules: plan.segmentRules,
    weightedScore: plan.weightedScore,
    forecast: await forecastCardOf(ports.store, plan.forecastKey),
    labelNames: runPlan.config.clusters.labels,
    naming: schemeOf(runPlan.config.clusters.labels, runPlan.config.clusters.names),
    configHash: runPlan.configHash,
    codeVersion: ports.codeVersion,
    run: plan.run,
    lineage: runPlan.lineage,
  });
  const modelKey = modelKeyOf(card.modelVersion);
  // A version is a digest of what a model says, so a card that is there already says the same.
  await writeJsonOnce(ports.store, modelKey, card);
  return { modelVersion: card.modelVersion, modelKey };
}

async function fitPlan(store: ObjectStore, plan: ClusteringPlan, reference: ModelCard | undefined) {
  const { grid, candidates, binCounts } = await mergeSketches(store, plan);
  const exactRows = plan.customers <= EXACT_ROWS ? await readScaledRows(store, plan) : undefined;
  const best = selectFit({
    grid,
    candidates,
    kRange: plan.kRange,
    seed: plan.seed,
    ...(exactRows === undefined ? {} : { exactRows }),
  });
  const previous = reference === undefined ? undefined : referenceCentroids(reference, plan.encodings);
  const judged = judgeFit(plan, { best, grid, exactRows, reference, previous });
  const { warmStart } = judged;
  // The start says something of the model only where its k is the one chosen.
  const isPreviousK = judged.partition.k === previous?.rows;
  return {
    ...judged,
    clampedRows: grid.clampedRows,
    ...separationOf(plan, best, judged),
    ...(warmStart === undefined ? {} : { warmStart: isPreviousK ? warmStart : ("other k" as const) }),
    ...distributionOf(plan, binCounts, reference),
  };
}

/** What the features do for the partition that was chosen. */
function separationOf(
  { encodings }: ClusteringPlan,
  { fine }: SelectFitResult,
  { partition, mixture }: Pick<ReturnType<typeof judgeFit>, "partition" | "mixture">,
) {
  const points = { rows: fine.count, columns: fine.dimensions, data: fine.points };
  const weighted = { points, weights: fine.weights, withinCellInertia: fine.within };
  const labels =
    mixture === undefined ? nearestLabels(points, partition.centroids) : membershipsOf(points, mixture.fitted).labels;
  const names = encodings.map(({ name }) => name);
  return {
    separation: featureSeparation(weighted, { k: partition.k, labels }, names),
    correlations: telling(weighted, names),
  };
}

interface Fitted {
  readonly best: SelectFitResult;
  readonly grid: Grid;
  readonly exactRows: Matrix | undefined;
  readonly reference: ModelCard | undefined;
  /** The reference's centroids, where they are comparable. */
  readonly previous: Matrix | undefined;
}

/** The partition that the method comes to, chosen among those of every k. */
function judgeFit(plan: ClusteringPlan, { best, grid, exactRows, reference, previous }: Fitted) {
  const { customers, kByHand, seed, encodings } = plan;
  const asked = { customers, kByHand, previousK: previous?.rows, seed };
  if (plan.mixture === undefined) {
    const continued = previous === undefined ? { fit: best, warmStart: undefined } : continuePrevious(best, previous);
    return { ...judgePartitions(continued.fit, asked), mixture: undefined, warmStart: continued.warmStart };
  }
  const { covariances, floor } = plan.mixture;
  const ofMixture = { fit: best, grid, exactRows, encodings, covariances, floor, reference };
  const { mixture, bic, ...judged } = selectMixture({ ...ofMixture, ...asked });
  return { ...judged, mixture: { fitted: mixture, floor, bic } };
}

/** How the customers are distributed, and how far that is from the reference's. */
function distributionOf(plan: ClusteringPlan, counts: ShardBinCounts, reference: ModelCard | undefined) {
  const distribution = perFeature((feature) => ({
    edges: [...plan.bins.own[feature]],
    counts: [...counts.own[feature]],
  }));
  const [trained, actual] = [reference?.distribution, counts.reference];
  if (reference === undefined || trained === undefined || actual === null) return { distribution };
  const features = DRIFT_FEATURES.map((feature) => driftOf(feature, trained[feature].counts, actual[feature]));
  return { distribution, drift: { reference: reference.modelVersion, features } };
}

/** Adds the shards' sketches up a few at a time: thousands of them at once would not fit into memory. */
async function mergeSketches(
  store: ObjectStore,
  plan: ClusteringPlan,
): Promise<{ grid: Grid; candidates: Candidates[]; binCounts: ShardBinCounts }> {
  const candidates: Candidates[] = [];
  const counted: ShardBinCounts[] = [];
  let merged: Grid | undefined;
  for (let from = 0; from < plan.shards.length; from += SKETCHES_AT_ONCE) {
    const length = Math.min(SKETCHES_AT_ONCE, plan.shards.length - from);
    const keys = Array.from({ length }, (_, i) => sketchKeyOf(plan.prefix, from + i));
    const sketches = await Promise.all(keys.map((key) => readSketch(store, key)));
    for (const sketch of sketches) candidates.push(...sketch.candidates);
    counted.push(...sketches.map(({ binCounts }) => binCounts));
    const grids = sketches.map((sketch) => sketch.grid);
    merged = mergeGrids(merged === undefined ? grids : [merged, ...grids]);
  }
  const ofReference = counted.flatMap(({ reference }) => (reference === null ? [] : [reference]));
  const binCounts = {
    own: addBinCounts(counted.map(({ own }) => own)),
    reference: ofReference.length === 0 ? null : addBinCounts(ofReference),
  };
  return { grid: merged as Grid, candidates, binCounts };
}

async function readScaledRows(store: ObjectStore, plan: ClusteringPlan): Promise<Matrix> {
  return encodeFeatures(await readFeatures(store, allRanges(plan), plan.furtherFeatures), plan.encodings);
}
