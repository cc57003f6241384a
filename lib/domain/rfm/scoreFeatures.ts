import { assignNearest } from "../clustering/assign/nearest.ts";
import { mixtureOf } from "../clustering/mixture/continueMixture.ts";
import { membershipsOf } from "../clustering/mixture/memberships.ts";
import { squaredDistance } from "../clustering/sketch/points.ts";
import type { FeatureEncoding, Matrix } from "../clustering/types.ts";
import type { ModelCard } from "../model/modelCard.ts";
import { encodeFeatures, featureColumn, measuredColumn, type RfmColumns } from "./featureColumns.ts";
import { ruleReader } from "./rules/ruleReader.ts";
import type { SegmentDefinition } from "./rules/types.ts";
import type { Breakpoints } from "./scorePlan.ts";
import { binsOf, type ScoreEdges, scoreByEdges, scoreByTiles, scoreRecency } from "./scoring.ts";
import { compileSegmentTable, segmentOf } from "./segments.ts";
import { tieKey } from "./tieKey.ts";
import { bandOf, type WeightedScore, weightedScore } from "./weightedScore.ts";

/** What gives a customer scores and a segment: a part of every model card. */
export interface ScoreRule extends Breakpoints, SegmentDefinition {
  /** Weights and bands, where a shop has some; segments by them stand in the table as cells. */
  readonly weightedScore?: WeightedScore | undefined;
}

export interface ScoredColumns extends RfmColumns {
  readonly rScore: Uint8Array;
  readonly fScore: Uint8Array;
  readonly mScore: Uint8Array;
  readonly segment: string[];
  /** Ids of clusters that vanished are not given again, so they may go beyond the number of clusters. */
  readonly clusterId: Int32Array;
  readonly clusterLabel: string[];
  /** Euclidean distance to the centroid, in scaled space. */
  readonly distance: Float64Array;
  /**
   * How far from the border to the second nearest cluster: 0 on it, 1 at the own centroid or where there is but one
   * cluster. In a mixture by probabilities: 1 − second / first.
   */
  readonly confidence: Float64Array;
  /** Where the model has weights: the scores as one number, and its band. */
  readonly weighted?: { readonly score: Float64Array; readonly band: Uint8Array };
  /** Of a mixture: probability of belonging to the cluster, 0..1. */
  readonly probability?: Float64Array;
  /** Of a mixture: of belonging to every cluster, customers × clusters in the order of the card. */
  readonly memberships?: Matrix;
}

/** The rule out of what holds more, such as a model card. */
export function scoreRuleOf(rule: ScoreRule): ScoreRule {
  const { scoreEdges, scoreTies, scoreMeasures, segmentTable, segmentRules } = rule;
  return { scoreEdges, scoreTies, scoreMeasures, segmentTable, segmentRules };
}

/**
 * Scores, segment and cluster of many customers under one model: the one definition for batch and API.
 * @throws MissingFeatureError, EncodingError naming feature and row when a value cannot enter the model's space.
 */
export function scoreFeatures(model: ModelCard, columns: RfmColumns): ScoredColumns {
  const scores = scoreColumns(model, columns);
  const segment = nameSegments(model, scores, columns);
  const rows = encodeFeatures(columns, model.features as FeatureEncoding[]);
  const { labels, ...assigned } =
    model.mixture === undefined ? assignToNearest(model, rows) : assignToLikeliest(model, rows);
  const clusterId = Int32Array.from(labels, (label) => model.clusters[label].id);
  const clusterLabel = Array.from(labels, (label) => model.clusters[label].label);
  const { weightedScore: weights } = model;
  const weighted = weights === undefined ? {} : { weighted: weightScores(weights, scores) };
  return { ...columns, ...scores, segment, clusterId, clusterLabel, ...weighted, ...assigned };
}

function weightScores(weighted: WeightedScore, { rScore, fScore, mScore }: ScoreColumns) {
  const score = Float64Array.from(rScore, (r, i) => weightedScore(weighted.weights, r, fScore[i], mScore[i]));
  return { score, band: Uint8Array.from(rScore, (r, i) => bandOf(weighted, r, fScore[i], mScore[i])) };
}

function assignToNearest(model: ModelCard, rows: Matrix) {
  const { labels, nearest, second } = assignNearest(rows, centroidsOf(model));
  const confidence = nearest.map((squared, i) => assignmentConfidence(squared, second[i]));
  return { labels, distance: nearest.map(Math.sqrt), confidence };
}

function assignToLikeliest(model: ModelCard, rows: Matrix) {
  const mixture = mixtureOf(model);
  const all = new Float64Array(rows.rows * mixture.k);
  const { labels, probability, runnerUp } = membershipsOf(rows, mixture, all);
  const d = mixture.dimensions;
  const distance = Float64Array.from(labels, (label, i) =>
    Math.sqrt(squaredDistance(rows.data, i * d, mixture.means, label * d, d)),
  );
  const confidence = probability.map((first, i) => 1 - runnerUp[i] / first);
  const memberships = { rows: rows.rows, columns: mixture.k, data: all };
  return { labels, distance, confidence, probability, memberships };
}

/**
 * Segments of many customers under edges and a table, whatever their clusters.
 * @example
 * ```ts
 * import { DEFAULT_SEGMENT_TABLE } from "./segments.ts";
 * const scoreEdges = { recencyDays: [10, 20, 30, 40], frequency: [1, 2, 3, 4], monetary: [10, 20, 30, 40] };
 * const columns = {
 *   recencyDays: Float64Array.of(1, 99),
 *   frequency: Float64Array.of(9, 1),
 *   monetary: Float64Array.of(99, 1),
 * };
 * segmentColumns({ scoreEdges, segmentTable: DEFAULT_SEGMENT_TABLE }, columns); // → ["Champions", "Lost"]
 * ```
 */
export function segmentColumns(model: ScoreRule, columns: RfmColumns): string[] {
  return nameSegments(model, scoreColumns(model, columns), columns);
}

/**
 * The simplified silhouette of one row, (b − a) / b with a and b the distances to the nearest and the second nearest
 * centroid (Hruschka, de Castro and Campello 2004). 0..1.
 * @param nearest, second squared distances; `second` is Infinity where there is but one centroid.
 */
export function assignmentConfidence(nearest: number, second: number): number {
  return second === 0 ? 0 : 1 - Math.sqrt(nearest / second);
}

/** The model's centroids, one row per cluster in the card's order. */
export function centroidsOf(model: ModelCard): Matrix {
  const columns = model.features.length;
  return {
    rows: model.clusters.length,
    columns,
    data: Float64Array.from(model.clusters.flatMap((cluster) => cluster.centroidScaled)),
  };
}

type ScoreColumns = Pick<ScoredColumns, "rScore" | "fScore" | "mScore">;

/**
 * Segments by scores, and by what rules look at beside them. @param columns in units.
 * @throws MissingFeatureError
 */
export function nameSegments(
  { scoreEdges, segmentTable, segmentRules }: Pick<ScoreRule, "scoreEdges" | keyof SegmentDefinition>,
  { rScore, fScore, mScore }: ScoreColumns,
  columns: RfmColumns,
): string[] {
  const bins = binsOf(scoreEdges);
  if (segmentRules !== undefined) {
    const nameOf = ruleReader(segmentRules, bins, (feature) => featureColumn(columns, feature));
    return Array.from(rScore, (r, i) => nameOf(r, fScore[i], mScore[i], i));
  }
  const segments = compileSegmentTable(segmentTable, bins);
  return Array.from(rScore, (r, i) => segmentOf(segments, r, fScore[i], mScore[i]));
}

/** The three scores of many customers. */
export function scoreColumns(rule: Breakpoints, columns: RfmColumns): ScoreColumns {
  const { scoreEdges, scoreTies, scoreMeasures } = rule;
  const keys = scoreTies === undefined ? undefined : columns.customerId?.map((id) => id && tieKey(id));
  const of = (measure: keyof ScoreEdges): Uint8Array => {
    const [edges, ties, isReversed] = [scoreEdges[measure], scoreTies?.[measure], measure === "recencyDays"];
    const values = measuredColumn(columns, measure, scoreMeasures);
    if (ties !== undefined) {
      const tiles = { edges, ties, isReversed };
      return Uint8Array.from(values, (value, i) => scoreByTiles(value, keys?.[i], tiles));
    }
    const score = isReversed ? scoreRecency : scoreByEdges;
    return Uint8Array.from(values, (value) => score(value, edges));
  };
  return { rScore: of("recencyDays"), fScore: of("frequency"), mScore: of("monetary") };
}
