import type { ModelCard } from "../../domain/model/modelCard.ts";
import { scoreFeatures, segmentColumns } from "../../domain/rfm/scoreFeatures.ts";
import { segmentRowsToCsv, segmentsCsvHeader } from "../../domain/rfm/segmentRows.ts";
import type { ObjectStore } from "../../ports.ts";
import { forecastsToParquet, shardForecasts, winBackPrefix } from "../forecast/shardForecasts.ts";
import { readJson, writeJson } from "../lake/json.ts";
import { partName } from "../lake/layout.ts";
import { segmentRowsToParquet } from "../lake/segmentParquet.ts";
import { segmentsCsvPrefix } from "../lake/segmentsCsv.ts";
import { rescoredParquet } from "../report/customerMovements.ts";
import { type ClusteringPlan, rangesOf } from "../shards/clusteringPlan.ts";
import { readFeatures } from "../shards/features.ts";
import type { ShardInput } from "./state.ts";

/** Segment, cluster, distance and forecast of every customer of one shard, as Parquet and as CSV. Returns the shard. */
export async function scoreShard({ store }: { readonly store: ObjectStore }, input: ShardInput): Promise<number> {
  const [plan, model] = await Promise.all([
    readJson<ClusteringPlan>(store, input.planKey),
    readJson<ModelCard>(store, input.modelKey as string),
  ]);
  const features = await readFeatures(store, rangesOf(plan, input.shard), plan.furtherFeatures);
  // Both read the shard's customers in the order of their ids.
  const forecasts = await shardForecasts(store, plan, input.shard);
  const rows = {
    ...scoreFeatures(model, features),
    customerId: features.customerId,
    monetaryUnits: features.monetaryUnits,
    firstPurchase: features.firstPurchase,
    lastPurchase: features.lastPurchase,
    forecast: forecasts.figures,
    snapshotDate: plan.run.snapshotDate,
    runId: plan.run.runId,
    modelVersion: model.modelVersion,
  };
  await store.write(`${plan.prefix}segments/${partName(input.shard, "parquet")}`, segmentRowsToParquet(rows));
  if (plan.earlier !== null) {
    const rescored = rescoredParquet(features.customerId, segmentColumns(plan.earlier, features));
    await store.write(`${plan.prefix}rescored/${partName(input.shard, "parquet")}`, rescored);
  }
  await store.write(`${plan.prefix}forecasts/${partName(input.shard, "parquet")}`, forecastsToParquet(forecasts));
  await writeJson(
    store,
    `${winBackPrefix(plan.prefix)}${partName(input.shard, "json")}`,
    forecasts.winBack(rows.segment),
  );
  const csv = `${segmentsCsvHeader(model.mixture !== undefined)}${segmentRowsToCsv(rows)}`;
  await store.write(`${segmentsCsvPrefix(plan.prefix)}${partName(input.shard, "csv")}`, csv, {
    contentType: "text/csv; charset=utf-8",
  });
  return input.shard;
}
