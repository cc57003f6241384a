import type { MartRows, RowsOfPage } from "../../tables/marts.ts";
import type { ModelCard } from "../model/modelCard.ts";
import type { Summary } from "../run/summary.ts";
import type { CommandLine } from "../text/commandLine.ts";
import type { ConfigChange } from "./configChanges.ts";
import type { ListedCustomer } from "./segment/customerLists.ts";
import type { SegmentColour } from "./segment/styles.ts";

/** How numbers are shown. */
export interface Display {
  /** BCP 47 tag, like `en-GB`. */
  readonly locale: string;
  /** ISO 4217 code, or null: numbers without a sign. */
  readonly currency: string | null;
  /** Whether ids of single customers are shown. */
  readonly customerIds: boolean;
  /** Whose page it is; empty where the configuration does not say. */
  readonly shopName: string;
}

/** Money, orders and customers of whatever the row is about. */
export interface Sales {
  readonly revenue: number;
  readonly orders: number;
  readonly customers: number;
}

export interface MonthSales extends Sales {
  /** First day of the month, ISO. */
  readonly month: string;
  readonly newCustomers: number;
  readonly newRevenue: number;
}

export interface PeriodSales extends Sales {
  /** The day, or the Monday of the week, ISO. */
  readonly start: string;
}

export interface CountrySales extends Sales {
  /** null where the file names none. */
  readonly country: string | null;
}

export interface HourSales extends Sales {
  /** Monday is 1. */
  readonly weekday: number;
  readonly hour: number;
}

export interface CohortSales {
  /** Month of the first purchase, ISO. */
  readonly cohort: string;
  readonly monthsSinceFirst: number;
  readonly customers: number;
  readonly revenue: number;
}

export interface ProductSales {
  readonly productId: string;
  readonly description: string | null;
  readonly revenue: number;
  readonly units: number;
  readonly customers: number;
  /** What the same customers cancelled of it, where the policy leaves cancellations out. */
  readonly cancelledRevenue: number;
  /** All of it is a single order. */
  readonly singleOrder: boolean;
}

/** Customers of one segment and cluster in one cell of recency × monetary value; sums. */
export interface MapCell {
  readonly segment: string;
  readonly cluster: number;
  readonly customers: number;
  readonly repeatCustomers: number;
  readonly recencyDays: number;
  readonly orders: number;
  readonly revenue: number;
}

export interface ScoreCell {
  readonly r: number;
  readonly f: number;
  readonly m: number;
  readonly segment: string;
  readonly customers: number;
  readonly revenue: number;
}

/** Everything about sales of everybody, or of one segment. */
export interface SalesView {
  readonly months: readonly MonthSales[];
  readonly weeks: readonly PeriodSales[];
  readonly countries: readonly CountrySales[];
  readonly hours: readonly HourSales[];
  readonly cohorts: readonly CohortSales[];
  readonly products: readonly ProductSales[];
}

export interface LabelledSales extends Sales {
  readonly label: string | null;
}

export interface Concentration {
  /** Customers and revenue of the richest 0, 1, … 100 percent. */
  readonly curve: readonly { readonly topPercent: number; readonly customers: number; readonly revenue: number }[];
  readonly gini: number | null;
  readonly customersFor80Percent: number | null;
}

/** What to do about a segment, and who is in it, in words. */
export interface Advice {
  /** Who they are, by the cells and breakpoints of the run. */
  readonly who: string;
  /** What to do. */
  readonly action: string;
}

/** The run before, as far as it is compared with. */
export interface EarlierRun {
  readonly runId: string;
  readonly snapshotDate: string;
  readonly totals: Summary["totals"];
  readonly segments: readonly { readonly name: string; readonly customers: number; readonly revenue: number }[];
}

/** Rows of one ingest by outcome. */
export interface IngestQuality {
  readonly ingestId: string;
  /** ISO timestamp of its commit. */
  readonly committedAt: string;
  readonly rowsIn: number;
  readonly rowsKept: number;
  readonly missingCustomer: number;
  /** Findings by level. */
  readonly warnings: number;
  readonly notes: number;
}

/** Time of one state of the flow; calls that ran side by side are added up. */
export interface StateTiming {
  readonly state: string;
  /** sql: statements in the SQL engine; code: calls of a function. */
  readonly engine: "sql" | "code";
  readonly calls: number;
  readonly milliseconds: number;
  /** Of the longest call. */
  readonly longestMilliseconds: number;
}

export type ModelFacts = Pick<
  ModelCard,
  "modelVersion" | "features" | "clusters" | "criteria" | "choice" | "scoreEdges" | "segmentTable" | "seed" | "training"
> &
  Pick<ModelCard, "separation" | "scoreMeasures" | "segmentRules"> & {
    /** The latest ones where there are very many. */
    readonly sources: readonly Pick<ModelCard["lineage"]["ingests"][number], "source" | "rows" | "contentHash">[];
    readonly sourceCount: number;
    readonly configHash: string;
  };

/** All that the page shows; nothing else is read by it. */
export interface DashboardData {
  readonly schemaVersion: 1;
  readonly display: Display;
  readonly summary: Summary;
  readonly earlier: EarlierRun | null;
  /** Sentences: what sold in periods that may be compared, and what changed or, for a first run, how things stand. */
  readonly headline: readonly string[];
  readonly model: ModelFacts;
  readonly advice: Readonly<Record<string, Advice>>;
  readonly segmentColours: Readonly<Record<string, SegmentColour>>;
  /** First day of the first month that has customers; null where there is none. */
  readonly firstMonth: string | null;
  readonly everybody: SalesView;
  /** Days of everybody, the latest ones where there are very many. */
  readonly days: readonly PeriodSales[];
  readonly bySegment: Readonly<Record<string, SalesView>>;
  readonly categories: readonly LabelledSales[];
  readonly paymentMethods: readonly LabelledSales[];
  readonly concentration: Concentration;
  readonly map: readonly MapCell[];
  readonly scoreCells: readonly ScoreCell[];
  /** Few of each segment; none where the configuration names nobody. */
  readonly customers: readonly ListedCustomer[];
  /** Marts that are shown as they are. */
  readonly marts: MartRows<RowsOfPage>;
  readonly ingests: readonly IngestQuality[];
  /** In the order of the flow. */
  readonly timings: readonly StateTiming[];
  readonly configChanges: readonly ConfigChange[];
  /** undefined: the run was not made by the command line. */
  readonly commandLine?: CommandLine;
}
