import type { ModelCard } from "../../domain/modelCard.ts";
import type { Summary } from "../../domain/summary.ts";
import type { ReportRenderer } from "../../ports.ts";
import { analyse, driftFindings } from "../analyse.ts";
import { readJson, writeJson } from "../json.ts";
import { qualityKey, reportPrefix, runKey } from "../layout.ts";
import { meterRun, readStepRecords } from "../metering.ts";
import { readRows } from "../parquet.ts";
import type { ClusteringPlan } from "../plan.ts";
import { readDashboard } from "../readDashboard.ts";
import { runTimings } from "../runTimings.ts";
import { writeSegmentsCsv } from "../segmentsCsv.ts";
import { meteredPorts, type StepMeter, startMeter } from "../stepMeter.ts";
import { dominanceOf, groupOf, moneyOf } from "../summarise.ts";
import { ledgerOf, type QualityReport } from "./checkQuality.ts";
import type { RunPlan } from "./planRun.ts";
import type { StepRecord } from "./recordedStep.ts";
import type { ModelReference, PlanReference, RunState, StepPorts } from "./state.ts";

interface Sources {
  readonly state: RunState;
  readonly runPlan: RunPlan;
  readonly plan: ClusteringPlan;
  readonly model: ModelCard;
  readonly modelKey: string;
  readonly meter: StepMeter;
  readonly records: readonly StepRecord[];
}

/** Keys of what is written for people. */
interface ReportKeys {
  readonly segmentsKey: string;
  readonly summaryKey: string;
  readonly dashboardKey: string;
}

/** Writes segments.csv, summary.json and dashboard.html of the run. Nothing points to them before PublishRun. */
export async function publishReport(
  unmetered: StepPorts & { readonly renderReport: ReportRenderer },
  state: RunState,
): Promise<{ summaryKey: string }> {
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
  const summary = await summarise(ports, { state, runPlan, plan, model, modelKey, meter, records }, keys);
  await writeJson(ports.store, summaryKey, summary);
  const timings = runTimings(records, state.queries, meter.usage());
  const dashboard = await readDashboard(ports.store, { runPlan, summary, model, timings });
  await ports.store.write(dashboardKey, unmetered.renderReport(dashboard), { contentType: "text/html; charset=utf-8" });
  return { summaryKey };
}

async function summarise(ports: StepPorts, from: Sources, keys: ReportKeys): Promise<Summary> {
  const { state, runPlan, plan, model, meter, records } = from;
  const read = (stage: string) => readRows(ports.store, `${plan.prefix}${stage}/`);
  const [ledgerRows, segments, clusters, dominant, returnsOnly] = await Promise.all(
    ["history_ledger", "segment_summary", "cluster_summary", "dominant_customers", "returns_only_customers"].map(read),
  );
  const [bounds] = await readRows(ports.store, `attempts/attempt=${state.attempt}/bounds/`);
  const ledger = ledgerOf(ledgerRows ?? []);
  const first = dominant?.[0] ?? {};
  const totals = { customers: Number(first.total_customers), revenue: moneyOf(first.total_monetary) };
  const orders = Number(first.total_frequency);
  const rowsIn = ledger.reduce((sum, line) => sum + line.rows, 0);
  const { config } = runPlan;
  const segmentGroups = Object.keys(plan.segmentTable).flatMap((name) =>
    (segments ?? []).filter((row) => row.rfm_segment === name).map((row) => ({ name, ...groupOf(row, totals) })),
  );
  const analysis = await analyse(ports.store, from, segmentGroups);
  return {
    schemaVersion: 1,
    ...state.run,
    attempt: state.attempt,
    codeVersion: ports.codeVersion,
    modelVersion: model.modelVersion,
    policy: {
      returns: config.returns,
      duplicates: config.duplicates,
      windowMonths: config.windowMonths,
      frequencyBasis: config.frequencyBasis,
      nonProductsDropped: config.nonProducts.drop,
    },
    drop: await dropOf(ports, from),
    history: {
      sources: runPlan.lineage.length,
      rowsIn,
      rowsKept: ledger.find((line) => line.reason === "kept")?.rows ?? 0,
      ledger,
      firstDate: String(bounds?.first_date),
      lastDate: String(bounds?.last_date),
      currency: typeof bounds?.currency === "string" ? bounds.currency : null,
      currencies: Number(bounds?.currencies ?? 0),
    },
    totals: {
      ...totals,
      orders,
      averageOrderValue: Math.round((totals.revenue / Math.max(1, orders)) * 10_000) / 10_000,
      repeatRate: Number(first.repeat_customers) / totals.customers,
      returnsOnlyCustomers: returnsOnly?.length ?? 0,
    },
    segments: segmentGroups,
    clusters: (clusters ?? []).map((row) => ({
      id: Number(row.cluster_id),
      label: labelOf(model, Number(row.cluster_id)),
      ...groupOf(row, totals),
    })),
    choice: {
      k: model.k,
      reason: model.choice.reason,
      explanation: model.choice.explanation,
      criteria: model.criteria.map(criterionOf),
    },
    dominance: dominanceOf(dominant ?? [], model, config.clusters.winsorise.enabled),
    ...analysis,
    findings: driftFindings(analysis.drift),
    outputs: outputsOf(from, keys),
    metered: meterRun({
      state,
      records,
      isOnAws: ports.host !== undefined,
      soFar: meter.usage,
      rows: rowsIn,
      newRows: state.drop.rows,
      customers: totals.customers,
    }),
  };
}

const labelOf = (model: ModelCard, id: number): string =>
  model.clusters.find((cluster) => cluster.id === id)?.label ?? String(id);

function criterionOf(criteria: ModelCard["criteria"][number]): Summary["choice"]["criteria"][number] {
  const { k, inertia, silhouette, calinskiHarabasz, daviesBouldin, stability } = criteria;
  return { k, inertia, silhouette, calinskiHarabasz, daviesBouldin, ...(stability === undefined ? {} : { stability }) };
}

async function dropOf(ports: StepPorts, { state, runPlan }: Sources): Promise<Summary["drop"]> {
  if (!state.drop.hasRows) return null;
  const quality = await readJson<QualityReport>(ports.store, qualityKey(state.drop.ingestId));
  const sources = runPlan.lineage.filter((entry) => entry.ingestId === state.drop.ingestId);
  return {
    ingestId: state.drop.ingestId,
    sources: sources.map(({ source, rows }) => ({ source, rows })),
    rowsIn: state.drop.rows,
    ledger: [...quality.ledger],
    findings: [...quality.findings],
  };
}

function outputsOf({ plan, runPlan, modelKey, state }: Sources, keys: ReportKeys): Record<string, string> {
  return {
    segmentsCsv: keys.segmentsKey,
    segmentsParquet: `${plan.prefix}segments/`,
    features: `${plan.prefix}features/`,
    ...(runPlan.previous === null ? {} : { migrations: `${plan.prefix}migrations/` }),
    model: modelKey,
    summary: keys.summaryKey,
    dashboard: keys.dashboardKey,
    ...(state.drop.hasRows ? { quality: qualityKey(state.drop.ingestId) } : {}),
  };
}
