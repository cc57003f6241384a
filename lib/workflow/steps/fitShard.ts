import { deriveSeed } from "../../domain/clustering/fit/random.ts";
import { BATCH_ROWS, createShardFit } from "../../domain/clustering/fit/shardFit.ts";
import { type BinEdges, countBins, perFeature } from "../../domain/model/drift.ts";
import { encodeFeatures, featureColumn } from "../../domain/rfm/featureColumns.ts";
import type { ObjectStore } from "../../ports.ts";
import { readJson } from "../lake/json.ts";
import { writeSketch } from "../lake/sketch.ts";
import { type ClusteringPlan, rangesOf, sketchKeyOf } from "../shards/clusteringPlan.ts";
import { readFeatures } from "../shards/features.ts";
import type { ShardInput } from "./state.ts";

/**
 * Streams one shard through mini-batch K-Means for every k and sketches it; both go to the store. Returns the shard.
 */
export async function fitShard(
  { store }: { readonly store: ObjectStore },
  { shard, planKey }: ShardInput,
): Promise<number> {
  const plan = await readJson<ClusteringPlan>(store, planKey);
  if (plan.encodings.length === 0) return shard;
  const features = await readFeatures(store, rangesOf(plan, shard), plan.furtherFeatures);
  const rows = encodeFeatures(features, plan.encodings);
  const dimensions = plan.encodings.length;
  const fit = createShardFit({ dimensions, kRange: plan.kRange, seed: deriveSeed(plan.seed, "shard", shard) });
  for (let from = 0; from < rows.rows; from += BATCH_ROWS) {
    const to = Math.min(rows.rows, from + BATCH_ROWS);
    fit.addBatch({
      rows: to - from,
      columns: dimensions,
      data: rows.data.subarray(from * dimensions, to * dimensions),
    });
  }
  const countIn = (edges: BinEdges) =>
    perFeature((feature) => countBins(featureColumn(features, feature), edges[feature]));
  const { own, reference } = plan.bins;
  const binCounts = { own: countIn(own), reference: reference === null ? null : countIn(reference) };
  await writeSketch(store, sketchKeyOf(plan.prefix, shard), { ...fit.finish(), binCounts });
  return shard;
}
