import { ObjectExistsError } from "../../domain/storeErrors.ts";
import type { SegmentDatabase } from "../../ports.ts";
import type { ClusteringPlan } from "../clusteringPlan.ts";
import type { RunManifest, RunPlan } from "../documents.ts";
import { readJson, writeJson } from "../lake/json.ts";
import { manifestKey, runKey } from "../lake/layout.ts";
import { publishTables } from "../lake/publishedTables.ts";
import { writeAliases } from "../models/aliases.ts";
import { recordReference } from "../models/reference.ts";
import type { RunState, StepPorts } from "./state.ts";

/** Makes the run the current one; a run as of earlier it keeps beside what is published. */
export async function publishRun(
  ports: StepPorts & { readonly database: SegmentDatabase },
  state: RunState,
): Promise<{ customers: number }> {
  return state.drop.isEarlier ? keepRun(ports, state) : makeCurrent(ports, state);
}

/**
 * Makes the run the current one: the database in one transaction, then what it was seen against, then the run's manifest,
 * then the model alias.
 * Each is whole by itself and written again by a repeated call.
 */
async function makeCurrent(
  ports: StepPorts & { readonly database: SegmentDatabase },
  state: RunState,
): Promise<{ customers: number }> {
  const manifest = await manifestOf(ports, state);
  const { runId, modelVersion, customers } = manifest;
  await ports.database.publish(runId, customers);
  await keepReference(ports, state);
  await writeJson(ports.store, manifestKey(runId), manifest);
  await writeAliases(ports.store, (aliases) => ({ ...aliases, champion: modelVersion, run: runId }));
  await publishTables(ports.store, manifest);
  return { customers };
}

/** Keeps the run where runs are found by their id, unless it is there already; readers go on seeing what they see. */
async function keepRun(ports: StepPorts, state: RunState): Promise<{ customers: number }> {
  const manifest = await manifestOf(ports, state);
  await keepReference(ports, state);
  try {
    await writeJson(ports.store, manifestKey(manifest.runId), manifest, { ifAbsent: true });
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
  }
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
