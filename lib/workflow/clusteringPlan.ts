import type { FeatureEncoding } from "../domain/clustering/types.ts";
import type { BinEdges } from "../domain/model/drift.ts";
import type { ScoreEdges } from "../domain/rfm/scoring.ts";
import type { SegmentTable } from "../domain/rfm/segments.ts";
import type { RowRange } from "./lake/parquet.ts";
import type { RunIdentity } from "./steps/state.ts";

/** `plan.json`: all that the workers of both Maps need, so that a Map's items are mere shard numbers. */
export interface ClusteringPlan {
  readonly run: RunIdentity;
  readonly attempt: string;
  readonly customers: number;
  readonly encodings: readonly FeatureEncoding[];
  readonly droppedFeatures: readonly { readonly name: string; readonly reason: string }[];
  /** Ascending; no k above the number of distinct customers can be fitted, and fewer may come back. */
  readonly kRange: readonly number[];
  /** k set by hand, or null for a choice by criteria. */
  readonly kByHand: number | null;
  readonly seed: number;
  readonly scoreEdges: ScoreEdges;
  readonly segmentTable: SegmentTable;
  /** Edges of the decile bins in which customers are counted: this run's, and those of the reference model's training. */
  readonly bins: { readonly own: BinEdges; readonly reference: BinEdges | null };
  /** How the run before scored, for its customers are scored again that way; null for none. */
  readonly earlier: { readonly scoreEdges: ScoreEdges; readonly segmentTable: SegmentTable } | null;
  /** Stretches of the features table per shard. */
  readonly shards: readonly (readonly RowRange[])[];
  /** Where the attempt's results go, with a trailing slash. */
  readonly prefix: string;
}

export const planKeyOf = (prefix: string): string => `${prefix}plan.json`;
export const sketchKeyOf = (prefix: string, shard: number): string =>
  `${prefix}sketches/part-${String(shard).padStart(5, "0")}.bin`;

/**
 * Deals the rows of several files into shards of at most `rowsPerShard` rows, in file order, as evenly as can be.
 * Depends only on the row counts and the limit, never on the number of workers.
 */
export function planShards(
  files: readonly { readonly key: string; readonly rows: number }[],
  rowsPerShard: number,
): RowRange[][] {
  const total = files.reduce((sum, file) => sum + file.rows, 0);
  const shardCount = Math.max(1, Math.ceil(total / rowsPerShard));
  const shards: RowRange[][] = Array.from({ length: shardCount }, () => []);
  let position = 0;
  for (const file of files) {
    let start = 0;
    while (start < file.rows) {
      const shard = Math.min(shardCount - 1, Math.floor((position * shardCount) / total));
      const boundary = Math.ceil(((shard + 1) * total) / shardCount);
      const rows = Math.min(file.rows - start, boundary - position);
      (shards[shard] as RowRange[]).push({ key: file.key, start, end: start + rows });
      start += rows;
      position += rows;
    }
  }
  return shards;
}
