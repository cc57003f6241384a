import type { SegmentDatabase } from "../../ports.ts";
import { readJson } from "../lake/json.ts";
import { segmentsCsvPrefix } from "../lake/segmentsCsv.ts";
import { movementsCsvPrefix } from "../report/customerMovements.ts";
import type { ClusteringPlan } from "../shards/clusteringPlan.ts";
import type { RunState, StepPorts } from "./state.ts";

/**
 * Stages the segments of a run and where its customers moved in the database, part by part. Readers see nothing of it
 * until PublishRun; a repeated call starts over. A run as of earlier is not staged: the database has what is published.
 */
export async function loadSegments(
  ports: StepPorts & { readonly database: SegmentDatabase },
  state: RunState,
): Promise<{ rows: number; parts: number }> {
  if (state.drop.isEarlier) return { rows: 0, parts: 0 };
  const plan = await readJson<ClusteringPlan>(ports.store, (state.plan as NonNullable<RunState["plan"]>).planKey);
  await ports.database.migrate();
  await ports.database.stageRun({
    runId: plan.run.runId,
    modelVersion: (state.model as NonNullable<RunState["model"]>).modelVersion,
    snapshotDate: plan.run.snapshotDate,
    createdAt: plan.run.createdAt,
    customers: plan.customers,
    summary: new TextDecoder().decode(
      await ports.store.read((state.report as NonNullable<RunState["report"]>).summaryKey),
    ),
  });
  const parts = await ports.store.list(segmentsCsvPrefix(plan.prefix));
  let rows = 0;
  for (const part of parts) rows += await ports.database.loadPart(plan.run.runId, ports.store, part.key);
  const movements = await ports.store.list(movementsCsvPrefix(plan.prefix));
  for (const { key } of movements) await ports.database.loadPart(plan.run.runId, ports.store, key, "movements");
  return { rows, parts: parts.length };
}
