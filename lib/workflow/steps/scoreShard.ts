import type { ModelCard } from "../../domain/modelCard.ts";
import { scoreFeatures, segmentColumns } from "../../domain/scoreFeatures.ts";
import { SEGMENTS_CSV_HEADER, segmentRowsToCsv } from "../../domain/segmentRows.ts";
import type { ObjectStore } from "../../ports.ts";
import { readFeatures } from "../features.ts";
import { readJson } from "../json.ts";
import { partName } from "../layout.ts";
import { rescoredParquet } from "../movement.ts";
import type { ClusteringPlan } from "../plan.ts";
import { segmentRowsToParquet } from "../segmentParquet.ts";
import { segmentsCsvPrefix } from "../segmentsCsv.ts";
import type { ShardInput } from "./state.ts";

/** Segment, cluster and distance of every customer of one shard, as Parquet and as CSV. Returns the shard. */
export async function scoreShard({ store }: { readonly store: ObjectStore }, input: ShardInput): Promise<number> {
  const [plan, model] = await Promise.all([
    readJson<ClusteringPlan>(store, input.planKey),
    readJson<ModelCard>(store, input.modelKey as string),
  ]);
  const features = await readFeatures(store, plan.shards[input.shard] ?? []);
  const rows = {
    ...scoreFeatures(model, features),
    customerId: features.customerId,
    monetaryUnits: features.monetaryUnits,
    firstPurchase: features.firstPurchase,
    lastPurchase: features.lastPurchase,
    snapshotDate: plan.run.snapshotDate,
    runId: plan.run.runId,
    modelVersion: model.modelVersion,
  };
  await store.write(`${plan.prefix}segments/${partName(input.shard, "parquet")}`, segmentRowsToParquet(rows));
  if (plan.earlier !== null) {
    const rescored = rescoredParquet(features.customerId, segmentColumns(plan.earlier, features));
    await store.write(`${plan.prefix}rescored/${partName(input.shard, "parquet")}`, rescored);
  }
  const csv = `${SEGMENTS_CSV_HEADER}${segmentRowsToCsv(rows)}`;
  await store.write(`${segmentsCsvPrefix(plan.prefix)}${partName(input.shard, "csv")}`, csv, {
    contentType: "text/csv; charset=utf-8",
  });
  return input.shard;
}
