import type { CovarianceType } from "../../domain/clustering/mixture/types.ts";
import type { FeatureSource } from "../../domain/clustering/space/features.ts";
import type { FeatureEncoding } from "../../domain/clustering/types.ts";
import type { BinEdges } from "../../domain/model/drift.ts";
import type { ScoreRule } from "../../domain/rfm/scoreFeatures.ts";
import type { RowRange } from "../lake/parquet.ts";
import type { RunIdentity } from "../steps/state.ts";
import type { Stretch } from "./dealShards.ts";

/** `plan.json`: all that the workers of both Maps need, so that a Map's items are mere shard numbers. */
export interface ClusteringPlan extends ScoreRule {
  readonly run: RunIdentity;
  readonly attempt: string;
  readonly customers: number;
  readonly encodings: readonly FeatureEncoding[];
  readonly droppedFeatures: readonly { readonly name: string; readonly reason: string }[];
  /** Features beyond R, F and M with their columns in the features table; absent where there is none. */
  readonly furtherFeatures?: readonly Pick<FeatureSource, "key" | "column">[];
  /** Ascending; no k above the number of distinct customers can be fitted, and fewer may come back. */
  readonly kRange: readonly number[];
  /** k set by hand, or null for a choice by criteria. */
  readonly kByHand: number | null;
  /** Of the mixture that is fitted in place of K-Means; absent for K-Means. */
  readonly mixture?: { readonly covariances: readonly CovarianceType[]; readonly floor: number };
  readonly seed: number;
  /**
   * Edges of the decile bins in which customers are counted: this run's, and those of the reference model's training.
   */
  readonly bins: { readonly own: BinEdges; readonly reference: BinEdges | null };
  /** How the run before scored, for its customers are scored again that way; null for none. */
  readonly earlier: ScoreRule | null;
  /** What single customers are forecast from; null where the configuration wants none. */
  readonly forecastKey: string | null;
  /** Keys of the features table's files. */
  readonly featureFiles: readonly string[];
  /** Per shard, its stretches of those files: a range of customer ids. */
  readonly shards: readonly (readonly Stretch[])[];
  /** Where the attempt's results go, with a trailing slash. */
  readonly prefix: string;
}

export const planKeyOf = (prefix: string): string => `${prefix}plan.json`;
export const sketchKeyOf = (prefix: string, shard: number): string =>
  `${prefix}sketches/part-${String(shard).padStart(5, "0")}.bin`;

/** Where the rows of a shard are. */
export const rangesOf = (
  { featureFiles, shards }: Pick<ClusteringPlan, "featureFiles" | "shards">,
  shard: number,
): RowRange[] => (shards[shard] ?? []).map(([file, start, end]) => ({ key: featureFiles[file] as string, start, end }));

/** Where the rows of all shards are, in their order. */
export const allRanges = (plan: Pick<ClusteringPlan, "featureFiles" | "shards">): RowRange[] =>
  plan.shards.flatMap((_, shard) => rangesOf(plan, shard));
