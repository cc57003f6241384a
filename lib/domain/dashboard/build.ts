import { type MartRow, type MartRows, pageMarts, type RowsOfPage } from "../../tables/marts.ts";
import type { Config } from "../config/config.ts";
import type { ModelCard } from "../model/modelCard.ts";
import type { Summary } from "../run/summary.ts";
import { adviceFor } from "./advice.ts";
import { configChanges } from "./configChanges.ts";
import { createFormat, type Format } from "./format.ts";
import { headlineOf } from "./headline.ts";
import { everybodysSales, type Marts, MOST_DAYS, salesOf, salesOfSegment } from "./salesViews.ts";
import { customerListsOf } from "./segment/customerLists.ts";
import { whoIsIn } from "./segment/facts.ts";
import { inOrderOf, segmentColours, tableInOrder } from "./segment/styles.ts";
import type {
  Advice,
  Concentration,
  DashboardData,
  Display,
  EarlierRun,
  IngestQuality,
  LabelledSales,
  MapCell,
  ModelFacts,
  ScoreCell,
} from "./types.ts";

/** All that the page is made from, as it was read. */
export interface DashboardSources {
  readonly summary: Summary;
  readonly model: ModelCard;
  readonly config: Config;
  /** The one currency of the history, where the files name it. */
  readonly currency: string | null;
  readonly earlier: Summary | null;
  readonly marts: Marts;
  readonly ingests: readonly IngestQuality[];
  readonly timings: DashboardData["timings"];
}

/** The page's data: everything counted, rounded, capped and, where the configuration asks for it, masked. */
export function buildDashboard(sources: DashboardSources): DashboardData {
  const { model, marts } = sources;
  const display = displayOf(sources);
  const order = sources.config.display.segments.map(({ name }) => name);
  const summary = { ...sources.summary, segments: inOrderOf(order, sources.summary.segments, ({ name }) => name) };
  const bySegment = Object.fromEntries(summary.segments.map(({ name }) => [name, salesOfSegment(marts, name)]));
  const everybody = everybodysSales(marts, Object.values(bySegment));
  const earlier = sources.earlier === null ? null : earlierRun(sources.earlier);
  const format = createFormat(display);
  const map = marts.customer_map.map(mapCellOf);
  return {
    schemaVersion: 1,
    display,
    summary,
    earlier,
    headline: headlineOf(summary, earlier, everybody.months, format),
    model: modelFacts({ ...model, segmentTable: tableInOrder(order, model.segmentTable) }),
    segmentColours: segmentColours(model.segmentTable, sources.config.display.segments),
    firstMonth: marts.cohorts.map((row) => row.cohort_month).sort()[0] ?? null,
    advice: adviceOf(sources, map, summary, format),
    everybody,
    days: marts.by_day.map((row) => ({ start: row.order_date, ...salesOf(row) })).slice(-MOST_DAYS),
    bySegment,
    categories: labelled(marts.by_category.map((row) => ({ label: row.category, ...salesOf(row) }))),
    paymentMethods: labelled(marts.by_payment_method.map((row) => ({ label: row.payment_method, ...salesOf(row) }))),
    concentration: concentrationOf(marts),
    map,
    scoreCells: marts.score_cells.map(scoreCellOf),
    customers: customerListsOf(marts, display.customerIds),
    marts: rowsOfPage(marts, display.customerIds),
    ingests: sources.ingests,
    timings: sources.timings,
    configChanges: configChanges(sources.config),
  };
}

const CURRENCY = /^[A-Za-z]{3}$/;

function displayOf({ config, currency }: DashboardSources): Display {
  const { display } = config;
  const found = display.currency === "auto" ? currency : display.currency;
  const code = found !== null && CURRENCY.test(found) ? found.toUpperCase() : null;
  const { locale, customerIds, shopName } = display;
  return { locale, currency: code, customerIds, shopName };
}

function adviceOf(
  { model, config }: DashboardSources,
  map: readonly MapCell[],
  { policy, segments }: Summary,
  format: Format,
): Record<string, Advice> {
  const said = config.display.segments;
  return Object.fromEntries(
    Object.entries(adviceFor(model.segmentTable, segments, said)).map(([name, action]) => {
      const who = said.find((one) => one.name === name)?.who ?? whoIsIn(name, model, map, policy, format);
      return [name, { who, action }];
    }),
  );
}

/** Single customers keep their rank and their money, where the configuration names nobody. */
function rowsOfPage(marts: Marts, customerIds: boolean): MartRows<RowsOfPage> {
  const rows = Object.fromEntries(pageMarts("rows").map((name) => [name, marts[name]])) as MartRows<RowsOfPage>;
  if (customerIds) return rows;
  const unnamed = rows.worth_a_call.map((row) => ({ ...row, customer_id: `Customer #${row.call_rank}` }));
  return { ...rows, worth_a_call: unnamed };
}

function earlierRun({ runId, snapshotDate, totals, segments }: Summary): EarlierRun {
  return {
    runId,
    snapshotDate,
    totals,
    segments: segments.map(({ name, customers, revenue }) => ({ name, customers, revenue })),
  };
}

function modelFacts(model: ModelCard): ModelFacts {
  const { modelVersion, features, clusters, criteria, choice, scoreEdges, segmentTable, seed, training } = model;
  const facts = { modelVersion, features, clusters, criteria, choice, scoreEdges, segmentTable, seed, training };
  const { separation, scoreMeasures, segmentRules } = model;
  const { ingests } = model.lineage;
  const sources = ingests
    .slice(-MOST_SOURCES)
    .map(({ source, rows, contentHash }) => ({ source, rows, contentHash: contentHash.slice(0, HASH_CHARACTERS) }));
  return {
    ...facts,
    ...(separation === undefined ? {} : { separation }),
    ...(scoreMeasures === undefined ? {} : { scoreMeasures }),
    ...(segmentRules === undefined ? {} : { segmentRules }),
    configHash: model.configHash,
    sources,
    sourceCount: ingests.length,
  };
}
const MOST_SOURCES = 400;
/** Enough to tell files apart by eye; run.json has the whole. */
const HASH_CHARACTERS = 12;

function labelled(sales: readonly LabelledSales[]): LabelledSales[] {
  // One row without a label: the file has no such column.
  return sales.every(({ label }) => label === null) ? [] : sales.slice(0, MOST_LABELS);
}
const MOST_LABELS = 20;

function concentrationOf(marts: Marts): Concentration {
  const [summary] = marts.concentration_summary;
  return {
    curve: marts.concentration.map(({ top_percent: topPercent, customers, revenue }) => ({
      ...{ topPercent, customers, revenue },
    })),
    gini: summary?.gini_clipped ?? null,
    customersFor80Percent: summary?.customers_for_80_percent ?? null,
  };
}

const mapCellOf = (row: MartRow<"customer_map">): MapCell => ({
  segment: row.rfm_segment,
  cluster: row.cluster_id,
  customers: row.customers,
  repeatCustomers: row.repeat_customers,
  recencyDays: row.recency_days,
  orders: row.orders,
  revenue: Math.round(row.revenue * 100) / 100,
});

const scoreCellOf = (row: MartRow<"score_cells">): ScoreCell => ({
  r: row.r_score,
  f: row.f_score,
  m: row.m_score,
  segment: row.rfm_segment,
  customers: row.customers,
  revenue: row.revenue,
});
