import { encode } from "../../domain/clustering/encode.ts";
import { deriveSeed } from "../../domain/clustering/random.ts";
import { BATCH_ROWS, createShardFit } from "../../domain/clustering/shardFit.ts";
import { type BinEdges, countBins, perFeature } from "../../domain/drift.ts";
import type { ObjectStore } from "../../ports.ts";
import { featureColumn, readFeatures } from "../features.ts";
import { readJson } from "../json.ts";
import { type ClusteringPlan, sketchKeyOf } from "../plan.ts";
import { writeSketch } from "../sketch.ts";
import type { ShardInput } from "./state.ts";

/** Streams one shard through mini-batch K-Means for every k and sketches it; both go to the store. Returns the shard. */
export async function fitShard(
  { store }: { readonly store: ObjectStore },
  { shard, planKey }: ShardInput,
): Promise<number> {
  const plan = await readJson<ClusteringPlan>(store, planKey);
  if (plan.encodings.length === 0) return shard;
  const features = await readFeatures(store, plan.shards[shard] ?? []);
  const columns = plan.encodings.map((encoding) => featureColumn(features, encoding.name));
  const rows = encode(columns, plan.encodings);
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
