import { createHash } from "node:crypto";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunManifest, RunPlan } from "../documents.ts";
import { manifestKey, runKey } from "../lake/layout.ts";
import { readModel } from "../models/modelRegistry.ts";
import { readIfThere } from "../models/reference.ts";
import { logRun, type RunToLog } from "./logRun.ts";
import { segmentsSchema } from "./modelFiles.ts";
import { metricsOf, paramsOf } from "./runFacts.ts";
import { type MlflowTarget, MODEL_TAG } from "./target.ts";

interface ModelVersion {
  readonly version: string;
}

/** Where a model is in MLflow's registry. */
export interface ExportedModel {
  readonly modelVersion: string;
  readonly mlflowVersion: string;
}

/**
 * Logs a model of the lake with its run, and registers it: once, however often it is asked for.
 * @throws UnknownModelError, MlflowError.
 */
export async function exportModel(target: MlflowTarget, modelVersion: string): Promise<ExportedModel> {
  const known = await registeredVersion(target, modelVersion);
  if (known !== undefined) return { modelVersion, mlflowVersion: known };
  const card = await readModel(target.store, modelVersion);
  const { runId, modelUri } = await logRun(target, await runToLog(target.store, card));
  const { client, server } = target;
  if ((await client.get("registered-models/get", { name: server.name })) === undefined)
    await client.send("POST", "registered-models/create", { name: server.name, description: DESCRIPTION });
  const { model_version: registered } = await client.send<{ model_version: ModelVersion }>(
    "POST",
    "model-versions/create",
    {
      name: server.name,
      source: modelUri,
      run_id: runId,
      description: `${card.k} clusters of ${card.training.customers} customers at ${card.lineage.snapshotDate}`,
      tags: [{ key: MODEL_TAG, value: modelVersion }],
    },
  );
  return { modelVersion, mlflowVersion: registered.version };
}

const DESCRIPTION = "Customer segmentation by recency, frequency and monetary value";

/** The registry's version of a model of the lake, the latest where there are several. */
export async function registeredVersion(
  { client, server }: Pick<MlflowTarget, "client" | "server">,
  modelVersion: string,
): Promise<string | undefined> {
  const filter = `name = '${server.name.replaceAll("'", "''")}' and tags.${MODEL_TAG} = '${modelVersion}'`;
  const found = await client.get<{ model_versions?: readonly ModelVersion[] }>("model-versions/search", { filter });
  const versions = (found?.model_versions ?? []).map(({ version }) => Number(version));
  return versions.length === 0 ? undefined : String(Math.max(...versions));
}

/** All that is known of the model's run; what the lake has let go of meanwhile is left out. */
async function runToLog(store: ObjectStore, card: ModelCard): Promise<RunToLog> {
  const { runId } = card.lineage;
  const manifest = await readIfThere<RunManifest>(store, manifestKey(runId));
  const summary = manifest === undefined ? undefined : await readIfThere<Summary>(store, manifest.summaryKey);
  const plan = manifest === undefined ? undefined : await readIfThere<RunPlan>(store, runKey(manifest.attempt));
  const { segmentsCsv, dashboard } = summary?.outputs ?? {};
  const digest = segmentsCsv === undefined ? undefined : await digestOf(store, segmentsCsv);
  const page = dashboard !== undefined && (await store.head(dashboard)) !== undefined;
  return {
    card,
    metrics: metricsOf(card, summary),
    params: paramsOf(card, plan?.config),
    ...(page ? { dashboard: await store.read(dashboard) } : {}),
    ...(digest === undefined ? {} : { segments: { digest, schema: segmentsSchema(), source: segmentsCsv as string } }),
  };
}

const CHUNK_BYTES = 8 * 1024 * 1024;

/** SHA-256 of an object of any size; undefined where there is none. */
async function digestOf(store: ObjectStore, key: string): Promise<string | undefined> {
  const info = await store.head(key);
  if (info === undefined) return undefined;
  const hash = createHash("sha256");
  for (let start = 0; start < info.bytes; start += CHUNK_BYTES)
    hash.update(await store.read(key, { start, end: Math.min(start + CHUNK_BYTES, info.bytes) }));
  return hash.digest("hex");
}
