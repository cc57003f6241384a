import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ReportRenderer } from "../../ports.ts";
import type { RunPlan } from "../documents.ts";
import { readJson, writeJson } from "../lake/json.ts";
import { reportPrefix, runKey } from "../lake/layout.ts";
import { writeSegmentsCsv } from "../lake/segmentsCsv.ts";
import { readStepRecords } from "../report/metering.ts";
import { readDashboard } from "../report/readDashboard.ts";
import { summariseRun } from "../report/runSummary.ts";
import { runTimings } from "../report/runTimings.ts";
import { meteredPorts, startMeter } from "../report/stepMeter.ts";
import type { ClusteringPlan } from "../shards/clusteringPlan.ts";
import type { ModelReference, PlanReference, RunState, StepPorts } from "./state.ts";

/** Writes segments.csv, summary.json and dashboard.html of the run. Nothing points to them before PublishRun. */
export async function publishReport(
  unmetered: StepPorts & { readonly renderReport: ReportRenderer },
  state: RunState,
): Promise<{ summaryKey: string; headline: string }> {
  const meter = startMeter(unmetered, "PublishReport");
  const ports = meteredPorts(unmetered, meter);
  const { modelKey } = state.model as ModelReference;
  const [runPlan, plan, model, records] = await Promise.all([
    readJson<RunPlan>(ports.store, runKey(state.attempt)),
    readJson<ClusteringPlan>(ports.store, (state.plan as PlanReference).planKey),
    readJson<ModelCard>(ports.store, modelKey),
    readStepRecords(ports.store, state.attempt),
  ]);
  const segmentsKey = await writeSegmentsCsv(ports.store, plan.prefix);
  const prefix = reportPrefix(state.run.runId, state.attempt);
  const keys = { segmentsKey, summaryKey: `${prefix}summary.json`, dashboardKey: `${prefix}dashboard.html` };
  const { summaryKey, dashboardKey } = keys;
  const summary = await summariseRun(ports, { state, runPlan, plan, model, modelKey, meter, records }, keys);
  const timings = runTimings(records, state.queries, meter.usage());
  const dashboard = await readDashboard(ports.store, { runPlan, summary, model, timings });
  await writeJson(ports.store, summaryKey, { ...summary, headline: [...dashboard.headline] } satisfies Summary);
  await ports.store.write(dashboardKey, unmetered.renderReport(dashboard), { contentType: "text/html; charset=utf-8" });
  return { summaryKey, headline: dashboard.headline.join(" ") };
}
