import { buildModelCard, singleClusterFit } from "../../domain/buildModelCard.ts";
import { encode } from "../../domain/clustering/encode.ts";
import type { Grid } from "../../domain/clustering/grid.ts";
import { mergeGrids } from "../../domain/clustering/gridLevels.ts";
import { judgePartitions } from "../../domain/clustering/judge.ts";
import { selectFit } from "../../domain/clustering/selectFit.ts";
import type { Candidates } from "../../domain/clustering/shardFit.ts";
import type { Matrix } from "../../domain/clustering/types.ts";
import { ObjectExistsError } from "../../domain/storeErrors.ts";
import type { ObjectStore } from "../../ports.ts";
import { featureColumn, readFeatures } from "../features.ts";
import { readJson, writeJson } from "../json.ts";
import { modelKey as modelKeyOf, runKey } from "../layout.ts";
import { type ClusteringPlan, sketchKeyOf } from "../plan.ts";
import { readSketch } from "../sketch.ts";
import type { RunPlan } from "./planRun.ts";
import type { ModelReference, PlanReference, RunState, StepPorts } from "./state.ts";

/** Up to this many customers the last refinement runs over the customers themselves, not over cells. */
const EXACT_ROWS = 30_000;
/** Sketches read side by side. */
const SKETCHES_AT_ONCE = 32;

/** Merges the shards' sketches, refines every k, chooses one, names the clusters and writes the model card. */
export async function selectModel(ports: StepPorts, state: RunState): Promise<ModelReference> {
  const plan = await readJson<ClusteringPlan>(ports.store, (state.plan as PlanReference).planKey);
  const runPlan = await readJson<RunPlan>(ports.store, runKey(state.attempt));
  const fitted = plan.encodings.length === 0 ? singleClusterFit(plan.customers) : await fitPlan(ports.store, plan);
  const card = buildModelCard({
    ...fitted,
    encodings: plan.encodings,
    droppedFeatures: plan.droppedFeatures,
    customers: plan.customers,
    shards: plan.shards.length,
    seed: plan.seed,
    scoreEdges: plan.scoreEdges,
    segmentTable: plan.segmentTable,
    labelNames: runPlan.config.clusters.labels,
    configHash: runPlan.configHash,
    codeVersion: ports.codeVersion,
    run: plan.run,
    lineage: runPlan.lineage,
  });
  const modelKey = modelKeyOf(card.modelVersion);
  await writeOnce(ports.store, modelKey, card);
  return { modelVersion: card.modelVersion, modelKey };
}

async function fitPlan(store: ObjectStore, plan: ClusteringPlan) {
  const { grid, candidates } = await mergeSketches(store, plan);
  const exactRows = plan.customers <= EXACT_ROWS ? await readScaledRows(store, plan) : undefined;
  const fit = selectFit({
    grid,
    candidates,
    kRange: plan.kRange,
    seed: plan.seed,
    ...(exactRows === undefined ? {} : { exactRows }),
  });
  const judged = judgePartitions(fit, { customers: plan.customers, kByHand: plan.kByHand, seed: plan.seed });
  return { ...judged, clampedRows: grid.clampedRows };
}

/** Adds the shards' sketches up a few at a time: thousands of them at once would not fit into memory. */
async function mergeSketches(
  store: ObjectStore,
  plan: ClusteringPlan,
): Promise<{ grid: Grid; candidates: Candidates[] }> {
  const candidates: Candidates[] = [];
  let merged: Grid | undefined;
  for (let from = 0; from < plan.shards.length; from += SKETCHES_AT_ONCE) {
    const length = Math.min(SKETCHES_AT_ONCE, plan.shards.length - from);
    const keys = Array.from({ length }, (_, i) => sketchKeyOf(plan.prefix, from + i));
    const sketches = await Promise.all(keys.map((key) => readSketch(store, key)));
    for (const sketch of sketches) candidates.push(...sketch.candidates);
    const grids = sketches.map((sketch) => sketch.grid);
    merged = mergeGrids(merged === undefined ? grids : [merged, ...grids]);
  }
  return { grid: merged as Grid, candidates };
}

async function readScaledRows(store: ObjectStore, plan: ClusteringPlan): Promise<Matrix> {
  const features = await readFeatures(store, plan.shards.flat());
  return encode(
    plan.encodings.map((encoding) => featureColumn(features, encoding.name)),
    plan.encodings,
  );
}

/** A version is a digest of what a model says, so a card that is there already says the same. */
async function writeOnce(store: ObjectStore, key: string, card: unknown): Promise<void> {
  try {
    await writeJson(store, key, card, { ifAbsent: true });
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
  }
}
