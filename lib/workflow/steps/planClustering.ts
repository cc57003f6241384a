import { encodingFromMoments, type FeatureMoments } from "../../domain/clustering/space/encode.ts";
import { furtherSources } from "../../domain/clustering/space/features.ts";
import type { Config } from "../../domain/config/config.ts";
import { scoreMeasuresOf } from "../../domain/config/measureSettings.ts";
import { runFeatures } from "../../domain/config/runFeatures.ts";
import { bandPlanOf, scoreBinsOf, scorePlanOf } from "../../domain/config/scoreSettings.ts";
import { SegmentationError } from "../../domain/errors.ts";
import { type BinEdges, binEdges, perFeature } from "../../domain/model/drift.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { featureColumn, featuresOfModel } from "../../domain/rfm/featureColumns.ts";
import { bandsOf, segmentsOf } from "../../domain/rfm/rules/segmentRules.ts";
import { type ScoreRule, scoreColumns, scoreRuleOf } from "../../domain/rfm/scoreFeatures.ts";
import type { Breakpoints } from "../../domain/rfm/scorePlan.ts";
import { binsOf } from "../../domain/rfm/scoring.ts";
import { CellCounts } from "../../domain/rfm/weightedScore.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RowOf } from "../../tables/contract.ts";
import type { STAGES } from "../../tables/stages.ts";
import type { RunPlan } from "../documents.ts";
import { forecastKey } from "../forecast/forecastPlan.ts";
import { readBreakpoints } from "../lake/breakpoints.ts";
import { clusterMoments } from "../lake/clusterMoments.ts";
import { readJson, writeJson } from "../lake/json.ts";
import { curatedPrefix, runKey } from "../lake/layout.ts";
import { countRows, type RowRange } from "../lake/parquet.ts";
import { readStage } from "../lake/readTable.ts";
import { winsorisedMoments } from "../lake/winsorisedMoments.ts";
import { readPreviousModel, readReferenceModel } from "../models/reference.ts";
import { allRanges, type ClusteringPlan, planKeyOf, rangesOf } from "../shards/clusteringPlan.ts";
import { dealShards } from "../shards/dealShards.ts";
import { readFeatures } from "../shards/features.ts";
import { loadConfig } from "../start/configuration.ts";
import type { PlanReference, RunState, StepPorts } from "./state.ts";

interface NoCustomersFacts {
  readonly snapshotDate: string;
  readonly windowMonths: number | null;
  readonly returns: string;
}

/**
 * Nobody to segment: of the purchases in the history none is inside the window and before the snapshot date, or, where
 * returns take purchases back, all of these came back.
 */
export class NoCustomersError extends SegmentationError {
  constructor({ snapshotDate, windowMonths, returns }: NoCustomersFacts) {
    const window = windowMonths === null ? "" : ` and in the ${windowMonths} months before it`;
    const isMatched = returns === "match";
    const left = isMatched ? " that has not come back" : "";
    const counted = isMatched ? ", or count purchases that came back (--returns drop)" : "";
    super(
      "NO_CUSTOMERS",
      `No customer has a purchase before the snapshot date ${snapshotDate}${window}${left}, so there is nobody to segment: ` +
        `change snapshotDate (--snapshot-date) or windowMonths (--window-months)${counted}.`,
      { snapshotDate, windowMonths, returns },
    );
  }
}

/** Fixes the feature space, the score edges and the shards of a run, and writes them to plan.json. */
export async function planClustering(
  ports: StepPorts & { readonly mapConcurrency: number },
  state: RunState,
): Promise<PlanReference> {
  const config = await loadConfig(ports.store, state.configKey);
  const prefix = curatedPrefix(state.run.runId, state.attempt);
  const [files, moments, quantiles, reference, earlier] = await Promise.all([
    countRows(ports.store, `${prefix}features/`),
    readStage(ports.store, "feature_moments", prefix),
    readStage(ports.store, "feature_quantiles", prefix),
    readReferenceModel(ports.store, state.attempt),
    readPreviousModel(ports.store, state.attempt),
  ]);
  const customers = files.reduce((sum, file) => sum + file.rows, 0);
  if (customers === 0) {
    const { windowMonths, returns } = config;
    throw new NoCustomersError({ snapshotDate: state.run.snapshotDate, windowMonths, returns });
  }
  const featureFiles = files.map(({ key }) => key);
  const shards = await dealShards(ports.store, files, config.clusters.rowsPerShard);
  const { features: plain, valueless } = clusterMoments(config, moments);
  const { carriedFeatures } = await readJson<RunPlan>(ports.store, runKey(state.attempt));
  const sources = furtherSources(runFeatures(config, carriedFeatures));
  const breakpoints = {
    ...(await readBreakpoints(ports.store, scorePlanOf(config.scores), prefix)),
    scoreMeasures: scoreMeasuresOf(config.scores.measures),
  };
  const bandPlan = bandPlanOf(config.scores);
  const weightedScore =
    bandPlan === undefined
      ? undefined
      : (await countCells(ports.store, breakpoints, { featureFiles, shards, sources })).bandsOf(bandPlan);
  const bands = weightedScore === undefined ? undefined : bandsOf(weightedScore);
  const rule = {
    ...breakpoints,
    ...(weightedScore === undefined ? {} : { weightedScore }),
    ...segmentsOf(config.segments, scoreBinsOf(config.scores), bands),
  };
  const space = encodingFromMoments(
    config.clusters.winsorise.enabled
      ? await winsorise(ports.store, config, plain, allRanges({ featureFiles, shards }))
      : plain,
  );
  const plan: ClusteringPlan = {
    run: state.run,
    attempt: state.attempt,
    customers,
    encodings: space.encodings,
    droppedFeatures: [...valueless, ...space.dropped],
    ...(sources.length === 0 ? {} : { furtherFeatures: sources }),
    ...kRangeOf(config, customers),
    ...mixtureOf(config),
    seed: config.clusters.seed,
    ...rule,
    bins: { own: decileEdges(quantiles), reference: trainingEdges(reference) },
    earlier: earlier === undefined ? null : (rescoringRule(earlier, sources) ?? rule),
    forecastKey: config.forecast.enabled ? forecastKey(prefix) : null,
    featureFiles,
    shards,
    prefix,
  };
  const planKey = planKeyOf(prefix);
  await writeJson(ports.store, planKey, plan);
  return { planKey, shards: plan.shards.map((_, index) => index), concurrency: ports.mapConcurrency };
}

/** Customers by their scores, a shard at a time: bands are of all of them. */
async function countCells(
  store: ObjectStore,
  breakpoints: Breakpoints,
  { sources, ...files }: CountedFiles,
): Promise<CellCounts> {
  const counts = new CellCounts(binsOf(breakpoints.scoreEdges));
  for (let shard = 0; shard < files.shards.length; shard++)
    counts.add(scoreColumns(breakpoints, await readFeatures(store, rangesOf(files, shard), sources)));
  return counts;
}

interface CountedFiles extends Pick<ClusteringPlan, "featureFiles" | "shards"> {
  readonly sources: NonNullable<ClusteringPlan["furtherFeatures"]>;
}

/** How the run before scored; undefined where this one has not the features for it. */
function rescoringRule(earlier: ModelCard, sources: readonly { readonly key: string }[]): ScoreRule | undefined {
  const needed = featuresOfModel({ ...earlier, features: [] });
  return needed.every((feature) => sources.some(({ key }) => key === feature)) ? scoreRuleOf(earlier) : undefined;
}

async function winsorise(
  store: ObjectStore,
  config: Config,
  plain: readonly FeatureMoments[],
  ranges: readonly RowRange[],
): Promise<FeatureMoments[]> {
  const features = await readFeatures(store, ranges, furtherSources(config.clusters.features));
  return plain.map((feature) =>
    feature.indicatorOf === undefined
      ? winsorisedMoments(featureColumn(features, feature.name), feature, config.clusters.winsorise)
      : feature,
  );
}

/** The simpler types of covariance first: the others start from what they come to. */
function mixtureOf({ clusters: { method, mixture } }: Config): Pick<ClusteringPlan, "mixture"> {
  if (method === "kmeans") return {};
  const { covariance, floor } = mixture;
  return { mixture: { covariances: covariance === "auto" ? ["diag", "tied", "full"] : [covariance], floor } };
}

function kRangeOf(config: Config, customers: number): { kRange: number[]; kByHand: number | null } {
  const { k, minK, maxK } = config.clusters;
  if (k !== "auto") return { kRange: [Math.min(k, customers)], kByHand: k };
  const top = Math.min(maxK, customers);
  const bottom = Math.min(minK, top);
  return { kRange: Array.from({ length: top - bottom + 1 }, (_, i) => bottom + i), kByHand: null };
}

function decileEdges(quantiles: readonly RowOf<typeof STAGES.feature_quantiles.columns>[]): BinEdges {
  const deciles = quantiles.filter(({ percentile }) => [10, 20, 30, 40, 50, 60, 70, 80, 90].includes(percentile));
  return perFeature((feature) =>
    binEdges(deciles.filter(({ measure }) => measure === feature).map(({ quantile }) => quantile)),
  );
}

function trainingEdges(reference: ModelCard | undefined): BinEdges | null {
  const distribution = reference?.distribution;
  return distribution === undefined ? null : perFeature((feature) => distribution[feature].edges);
}
