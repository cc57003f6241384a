import type { SegmentDatabase } from "../../ports.ts";
import type { RunManifest, RunPlan } from "../documents.ts";
import { readJson, writeJsonOnce } from "../lake/json.ts";
import { manifestKey, runKey } from "../lake/layout.ts";
import { publishTables } from "../lake/publishedTables.ts";
import { recordReference } from "../models/reference.ts";
import { followPointer, keepManifest, pointAt } from "../models/shownRun.ts";
import type { ClusteringPlan } from "../shards/clusteringPlan.ts";
import type { RunState, StepPorts } from "./state.ts";

/** Makes the run the current one; a run as of earlier it keeps beside what is published. */
export async function publishRun(
  ports: StepPorts & { readonly database: SegmentDatabase },
  state: RunState,
): Promise<{ customers: number }> {
  return state.drop.isEarlier ? keepRun(ports, state) : makeCurrent(ports, state);
}

/**
 * Makes the run the current one: the database in one transaction, then what it was seen against, then the run's
 * manifest, then the model alias, then the published tables. Each is whole by itself and written again by a repeated
 * call. A run that was planned before the one that readers see is kept, and they go on seeing what they see.
 */
async function makeCurrent(
  ports: StepPorts & { readonly database: SegmentDatabase },
  state: RunState,
): Promise<{ customers: number }> {
  const manifest = await manifestOf(ports, state);
  const { runId, customers } = manifest;
  await ports.database.publish(runId, customers);
  await keepReference(ports, state);
  await keepManifest(ports.store, manifest);
  if (await pointAt(ports.store, manifest)) await followPointer(ports.store);
  else await publishTables(ports.store, manifest, { isCurrent: false });
  return { customers };
}

/** Keeps the run where runs are found by their id, unless it is there already; readers go on seeing what they see. */
async function keepRun(ports: StepPorts, state: RunState): Promise<{ customers: number }> {
  const manifest = await manifestOf(ports, state);
  await keepReference(ports, state);
  await writeJsonOnce(ports.store, manifestKey(manifest.runId), manifest);
  return { customers: manifest.customers };
}

async function manifestOf(ports: StepPorts, state: RunState): Promise<RunManifest> {
  const plan = await readJson<ClusteringPlan>(ports.store, (state.plan as NonNullable<RunState["plan"]>).planKey);
  const { modelVersion } = state.model as NonNullable<RunState["model"]>;
  const { summaryKey } = state.report as NonNullable<RunState["report"]>;
  return { ...plan.run, attempt: state.attempt, modelVersion, customers: plan.customers, summaryKey };
}

async function keepReference(ports: StepPorts, state: RunState): Promise<void> {
  const { inputsId, reference } = await readJson<RunPlan>(ports.store, runKey(state.attempt));
  await recordReference(ports.store, inputsId, reference);
}
