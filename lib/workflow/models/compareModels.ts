import { adjustedRandIndex } from "../../domain/clustering/judge/stability.ts";
import { furtherSources } from "../../domain/clustering/space/features.ts";
import { runFeatures } from "../../domain/config/runFeatures.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { featuresOfModel } from "../../domain/rfm/featureColumns.ts";
import { scoreFeatures } from "../../domain/rfm/scoreFeatures.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunManifest } from "../documents.ts";
import { readJson } from "../lake/json.ts";
import { curatedPrefix, manifestKey } from "../lake/layout.ts";
import { countRows } from "../lake/parquet.ts";
import { readRunPlan } from "../lake/runPlan.ts";
import { readFeatures } from "../shards/features.ts";
import { readModel } from "./modelRegistry.ts";

/** How two models see the same customers. */
export interface Agreement {
  /** The run whose customers were scored with both: that of the second model. */
  readonly runId: string;
  readonly customers: number;
  /** Shares of the customers, 0..1. */
  readonly otherSegment: number;
  readonly otherLabel: number;
  /** Of the two partitions, whatever their clusters are called: 1 for the same, about 0 for unrelated ones. */
  readonly adjustedRandIndex: number;
}

export interface ModelComparison {
  readonly models: readonly [ModelCard, ModelCard];
  /**
   * Undefined where the run of the second model is not in the lake any more, or has not the features that the first one
   * goes by.
   */
  readonly agreement: Agreement | undefined;
}

/** Two models side by side, and how differently they see the customers. @throws UnknownModelError. */
export async function compareModels(store: ObjectStore, first: string, second: string): Promise<ModelComparison> {
  const models = [await readModel(store, first), await readModel(store, second)] as const;
  return { models, agreement: await agreementOf(store, ...models) };
}

async function agreementOf(store: ObjectStore, first: ModelCard, second: ModelCard): Promise<Agreement | undefined> {
  const { runId } = second.lineage;
  if ((await store.head(manifestKey(runId))) === undefined) return undefined;
  const { attempt } = await readJson<RunManifest>(store, manifestKey(runId));
  const files = await countRows(store, `${curatedPrefix(runId, attempt)}features/`);
  const customers = files.reduce((sum, file) => sum + file.rows, 0);
  if (customers === 0) return undefined;
  // What the first model needs and the second's run has not computed, its customers cannot be scored by.
  const plan = await readRunPlan(store, attempt);
  const sources = furtherSources(runFeatures(plan.config, plan.carriedFeatures));
  const known = sources.map(({ key }) => key);
  if (featuresOfModel(first).some((name) => !known.includes(name))) return undefined;
  const features = await readFeatures(
    store,
    files.map(({ key, rows }) => ({ key, start: 0, end: rows })),
    sources,
  );
  const [a, b] = [scoreFeatures(first, features), scoreFeatures(second, features)];
  const differing = (x: readonly string[], y: readonly string[]): number =>
    x.reduce((count, value, i) => count + (value === y[i] ? 0 : 1), 0) / customers;
  return {
    runId,
    customers,
    otherSegment: differing(a.segment, b.segment),
    otherLabel: differing(a.clusterLabel, b.clusterLabel),
    adjustedRandIndex: adjustedRandIndex(labellingOf(a), labellingOf(b)),
  };
}

function labellingOf({ clusterId }: { readonly clusterId: Int32Array }): { k: number; labels: Int32Array } {
  return { k: clusterId.reduce((highest, id) => Math.max(highest, id), 0) + 1, labels: clusterId };
}
