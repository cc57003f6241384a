import type { ModelCard } from "../../domain/model/modelCard.ts";
import { returnsEffect } from "../../domain/run/returnsEffect.ts";
import type { LedgerLine, Summary } from "../../domain/run/summary.ts";
import type { RowOf } from "../../tables/contract.ts";
import type { MartName, MartRow } from "../../tables/marts.ts";
import type { STAGES } from "../../tables/stages.ts";
import type { RunPlan } from "../documents.ts";
import { summariseForecast } from "../forecast/summariseForecast.ts";
import { readJson } from "../lake/json.ts";
import { attemptPrefix, qualityKey } from "../lake/layout.ts";
import { readMart, readStage } from "../lake/readTable.ts";
import type { ClusteringPlan } from "../shards/clusteringPlan.ts";
import { ledgerOf, type QualityReport } from "../steps/checkQuality.ts";
import type { StepRecord } from "../steps/recordedStep.ts";
import type { RunState, StepPorts } from "../steps/state.ts";
import { analyse, driftFindings } from "./analyse.ts";
import { comparisonOf, salesPeriodsOf } from "./comparison.ts";
import { meterRun } from "./metering.ts";
import type { StepMeter } from "./stepMeter.ts";
import { choiceOf, dominanceOf, type GroupTotals, groupOf, moneyOf, returnedOf, segmentsOf } from "./summaryParts.ts";

/** What is known of a run when its report is due. */
export interface RunSources {
  readonly state: RunState;
  readonly runPlan: RunPlan;
  readonly plan: ClusteringPlan;
  readonly model: ModelCard;
  readonly modelKey: string;
  readonly meter: StepMeter;
  readonly records: readonly StepRecord[];
}

type Bounds = RowOf<typeof STAGES.bounds.columns>;

/** Keys of what is written for people. */
export interface ReportKeys {
  readonly segmentsKey: string;
  readonly summaryKey: string;
  readonly dashboardKey: string;
}

/** `summary.json`: what a run found, from the marts, the model and the records of its steps. */
export async function summariseRun(ports: StepPorts, from: RunSources, keys: ReportKeys): Promise<Summary> {
  const { state, runPlan, plan, model, meter, records } = from;
  const mart = <Name extends MartName>(name: Name) => readMart(ports.store, name, plan.prefix);
  const [ledgerRows, segmentRows, clusterRows, dominant, returnsOnly, months, days, [sales], [bounds]] =
    await Promise.all([
      mart("history_ledger"),
      mart("segment_summary"),
      mart("cluster_summary"),
      mart("dominant_customers"),
      mart("returns_only_customers"),
      mart("by_month"),
      mart("by_day"),
      mart("totals"),
      readStage(ports.store, "bounds", attemptPrefix(state.attempt)),
    ]);
  const history = historyOf(ledgerOf(ledgerRows), bounds, runPlan);
  const frequency = frequencyOf(runPlan, dominant[0], sales?.orders ?? 0);
  const totals = totalsOf(dominant[0], frequency.orders, returnsOnly.length);
  const segments = segmentsOf(plan, segmentRows, totals);
  const returns = returnsEffect(runPlan.config.returns, returnedOf(ledgerRows), segments);
  const analysis = await analyse(ports.store, from, segments);
  const { customers } = totals;
  const metered = { isOnAws: ports.host !== undefined, soFar: meter.usage, rows: history.rowsIn, customers };
  return {
    schemaVersion: 1,
    ...state.run,
    attempt: state.attempt,
    codeVersion: ports.codeVersion,
    modelVersion: model.modelVersion,
    policy: policyOf(runPlan),
    drop: await dropOf(ports, from),
    history,
    totals,
    frequency,
    returns,
    segments,
    sales: salesPeriodsOf(months, days, history, runPlan),
    comparison: await comparisonOf(ports.store, runPlan),
    clusters: clusterRows.map((row) => clusterOf(model, row, totals)),
    choice: choiceOf(model),
    dominance: dominanceOf(dominant, model, runPlan.config),
    ...analysis,
    ...(await summariseForecast(ports.store, state)),
    findings: driftFindings(analysis.drift),
    outputs: outputsOf(from, keys),
    metered: meterRun({ state, records, newRows: state.drop.rows, ...metered }),
  };
}

function policyOf({ config }: RunPlan): Summary["policy"] {
  return {
    returns: config.returns,
    duplicates: config.duplicates,
    windowMonths: config.windowMonths,
    frequencyBasis: config.frequencyBasis,
    nonProductsDropped: config.nonProducts.drop,
  };
}

function historyOf(ledger: LedgerLine[], bounds: Bounds | undefined, { lineage }: RunPlan): Summary["history"] {
  return {
    sources: lineage.length,
    rowsIn: ledger.reduce((sum, line) => sum + line.rows, 0),
    rowsKept: ledger.find((line) => line.reason === "kept")?.rows ?? 0,
    ledger,
    firstDate: String(bounds?.first_date),
    lastDate: String(bounds?.last_date),
    currency: bounds?.currency ?? null,
    currencies: bounds?.currencies ?? 0,
  };
}

/** @param distinctOrders of all customers together, for where frequency counts something else. */
function frequencyOf(
  { config }: RunPlan,
  row: MartRow<"dominant_customers"> | undefined,
  distinctOrders: number,
): NonNullable<Summary["frequency"]> {
  const basis = config.frequencyBasis === "auto" ? "orders" : config.frequencyBasis;
  return {
    basis,
    isChosen: config.frequencyBasis !== "auto",
    orders: basis === "orders" ? (row?.total_frequency ?? 0) : distinctOrders,
    activeDays: row?.total_active_days ?? 0,
    lines: row?.total_lines ?? 0,
  };
}

/** @param row any of dominant_customers: each has the totals of all. */
function totalsOf(
  row: MartRow<"dominant_customers"> | undefined,
  orders: number,
  returnsOnlyCustomers: number,
): Summary["totals"] {
  const customers = row?.total_customers ?? 0;
  const revenue = moneyOf(row?.total_monetary);
  return {
    customers,
    revenue,
    orders,
    averageOrderValue: Math.round((revenue / Math.max(1, orders)) * 10_000) / 10_000,
    repeatRate: (row?.repeat_customers ?? 0) / customers,
    returnsOnlyCustomers,
  };
}

function clusterOf(
  model: ModelCard,
  row: MartRow<"cluster_summary">,
  totals: GroupTotals,
): Summary["clusters"][number] {
  const id = row.cluster_id;
  const label = model.clusters.find((cluster) => cluster.id === id)?.label ?? String(id);
  return { id, label, ...groupOf(row, totals) };
}

async function dropOf(ports: StepPorts, { state, runPlan }: RunSources): Promise<Summary["drop"]> {
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

function outputsOf({ plan, runPlan, modelKey, state }: RunSources, keys: ReportKeys): Record<string, string> {
  return {
    segmentsCsv: keys.segmentsKey,
    segmentsParquet: `${plan.prefix}segments/`,
    features: `${plan.prefix}features/`,
    forecasts: `${plan.prefix}forecasts/`,
    ...(runPlan.previous === null ? {} : { migrations: `${plan.prefix}migrations/` }),
    model: modelKey,
    summary: keys.summaryKey,
    dashboard: keys.dashboardKey,
    ...(state.forecast?.forecastKey == null ? {} : { forecast: state.forecast.forecastKey }),
    ...(state.drop.hasRows ? { quality: qualityKey(state.drop.ingestId) } : {}),
  };
}
