import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { MlflowClient } from "./mlflowClient.ts";
import { MlflowError } from "./mlflowClient.ts";
import { modelFiles } from "./modelFiles.ts";
import type { MlflowMetric, MlflowParam } from "./runFacts.ts";
import { type MlflowTarget, MODEL_TAG } from "./target.ts";

/** What an MLflow run gets. */
export interface RunToLog {
  readonly card: ModelCard;
  readonly metrics: readonly MlflowMetric[];
  readonly params: readonly MlflowParam[];
  readonly dashboard?: Uint8Array;
  /** The table of all customers: SHA-256 of segments.csv, MLflow's schema, key in the lake. */
  readonly segments?: { readonly digest: string; readonly schema: string; readonly source: string };
}

interface RunInfo {
  readonly run_id: string;
  readonly artifact_uri: string;
  readonly status: string;
}

export interface LoggedRun {
  readonly runId: string;
  /** Folder of the model's files, as the server names it. */
  readonly modelUri: string;
}

/** What one call of `log-batch` may hold. */
const METRICS_A_CALL = 1_000;
const PARAMS_A_CALL = 100;
/** Of a digest of a data set. */
const DIGEST_LENGTH = 36;

/**
 * Logs a run once: what was finished before is found again, what was begun and left is removed.
 * @throws MlflowError.
 */
export async function logRun(target: MlflowTarget, run: RunToLog): Promise<LoggedRun> {
  const { client, server } = target;
  const experimentId = await experimentOf(target);
  const filter = `tags.${MODEL_TAG} = '${run.card.modelVersion}'`;
  const { runs = [] } = await client.send<{ runs?: { readonly info: RunInfo }[] }>("POST", "runs/search", {
    experiment_ids: [experimentId],
    filter,
  });
  const finished = runs.find(({ info }) => info.status === "FINISHED");
  if (finished !== undefined) return loggedRun(finished.info);
  for (const { info } of runs) await client.send("POST", "runs/delete", { run_id: info.run_id });
  const time = Date.parse(run.card.createdAt);
  const created = await client.send<{ run: { readonly info: RunInfo } }>("POST", "runs/create", {
    experiment_id: experimentId,
    start_time: time,
    run_name: run.card.modelVersion,
    tags: tagsOf(run.card, server.name),
  });
  const { info } = created.run;
  await logFacts(client, info.run_id, run);
  await uploadFiles(target, info, run);
  await client.send("POST", "runs/update", { run_id: info.run_id, status: "FINISHED", end_time: time });
  return loggedRun(info);
}

const loggedRun = ({ run_id, artifact_uri }: RunInfo): LoggedRun => ({
  runId: run_id,
  modelUri: `${artifact_uri}/model`,
});

/** @throws MlflowError where the experiment was deleted. */
async function experimentOf({ client, server: { name, trackingUri } }: MlflowTarget): Promise<string> {
  const found = await client.get<{ experiment: { experiment_id: string; lifecycle_stage: string } }>(
    "experiments/get-by-name",
    { experiment_name: name },
  );
  if (found === undefined)
    return (await client.send<{ experiment_id: string }>("POST", "experiments/create", { name })).experiment_id;
  if (found.experiment.lifecycle_stage === "deleted")
    throw new MlflowError(
      trackingUri,
      `the experiment ${name} was deleted: restore it (mlflow experiments restore), or name another in MLFLOW_EXPERIMENT_NAME.`,
    );
  return found.experiment.experiment_id;
}

const tagsOf = ({ modelVersion, lineage, codeVersion, configHash }: ModelCard, name: string) =>
  Object.entries({
    [MODEL_TAG]: modelVersion,
    rfm_run_id: lineage.runId,
    rfm_config_hash: configHash,
    rfm_sources: lineage.ingests
      .map(({ source }) => source)
      .join(", ")
      .slice(0, 1_000),
    "mlflow.source.name": name,
    "mlflow.source.type": "JOB",
    rfm_code_version: codeVersion,
  }).map(([key, value]) => ({ key, value }));

async function logFacts(client: MlflowClient, runId: string, { metrics, params, segments }: RunToLog): Promise<void> {
  for (let start = 0; start < metrics.length; start += METRICS_A_CALL)
    await client.send("POST", "runs/log-batch", {
      run_id: runId,
      metrics: metrics.slice(start, start + METRICS_A_CALL),
    });
  for (let start = 0; start < params.length; start += PARAMS_A_CALL)
    await client.send("POST", "runs/log-batch", { run_id: runId, params: params.slice(start, start + PARAMS_A_CALL) });
  if (segments === undefined) return;
  const { digest, schema, source } = segments;
  await client.send("POST", "runs/log-batch", { run_id: runId, tags: [{ key: "rfm_segments_sha256", value: digest }] });
  const dataset = {
    name: "segments",
    digest: digest.slice(0, DIGEST_LENGTH),
    source_type: "local",
    source: JSON.stringify({ uri: source }),
    schema,
  };
  const tags = [{ key: "mlflow.data.context", value: "output" }];
  await client.send("POST", "runs/log-inputs", { run_id: runId, datasets: [{ tags, dataset }] });
}

async function uploadFiles(target: MlflowTarget, { run_id, artifact_uri }: RunInfo, run: RunToLog): Promise<void> {
  const { client, pythonCode } = target;
  const model = modelFiles(run.card, run_id, pythonCode);
  for (const [name, body] of Object.entries(model)) await client.upload(artifact_uri, `model/${name}`, body);
  await client.upload(artifact_uri, "model-card.json", model["card.json"] as string);
  if (run.dashboard !== undefined) await client.upload(artifact_uri, "dashboard.html", run.dashboard);
}
