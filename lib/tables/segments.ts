import {
  type Column,
  columnNames,
  count,
  day,
  decimal,
  flag,
  type Holds,
  leftOutWhereMissing,
  money,
  optional,
  real,
  share,
  type TableContract,
  text,
  whole,
} from "./contract.ts";
import { SEGMENT_FORECAST } from "./forecasts.ts";

const score = (of: string): Column<"integer", false> =>
  whole(`1 to the number of bins (5 by default), the highest is best, by ${of}`);
/** Of mixtures alone: files of K-Means runs do without, and tables have it for both. */
const MIXTURE = {
  cluster_probability: leftOutWhereMissing(share("probability of belonging to the cluster; missing for K-Means")),
} as const;

const RESULT = {
  customer_id: text("as in the files"),
  recency_days: whole("calendar days from the last purchase to the snapshot date"),
  frequency: count("distinct orders"),
  monetary: money("what the customer spent"),
  r_score: score("recency"),
  f_score: score("frequency"),
  m_score: score("monetary value"),
  rfm_segment: text("named segment"),
  cluster_id: whole("K-Means cluster, 0 the most valuable"),
  cluster_label: text("its label"),
  distance: real("to the cluster's centroid, in standard deviations of the scaled features"),
  first_purchase: day("day of the first purchase"),
  last_purchase: day("day of the last purchase"),
  snapshot_date: day("day to which recency is counted"),
} as const;
const MODEL = { model_version: text("the run's model") } as const;

/**
 * The result as Parquet. Without the run: that is the partition of the folder, and Hive allows a partition column only
 * once.
 */
export const SEGMENTS = {
  grain: "customer of a run",
  columns: { ...RESULT, ...MODEL, ...MIXTURE, ...SEGMENT_FORECAST },
} satisfies TableContract;

/** `segments.csv` and PostgreSQL's table: the result with its run. The database takes runs without clusters, too. */
export const SEGMENT_ROWS = {
  grain: "customer of a run",
  columns: {
    ...RESULT,
    cluster_id: optional(RESULT.cluster_id),
    cluster_label: optional(RESULT.cluster_label),
    distance: optional(RESULT.distance),
    run_id: text("the run"),
    ...MODEL,
    ...MIXTURE,
    ...SEGMENT_FORECAST,
  },
} satisfies TableContract;

export type SegmentColumn = keyof (typeof SEGMENT_ROWS)["columns"];

/** Columns of `segments.csv` of a mixture, and of PostgreSQL's table, in their order. */
export const MIXTURE_SEGMENT_COLUMNS = columnNames(SEGMENT_ROWS);

/** Columns of `segments.csv` of K-Means, in their order. */
export const SEGMENT_COLUMNS: readonly SegmentColumn[] = MIXTURE_SEGMENT_COLUMNS.filter(
  (name) => !Object.hasOwn(MIXTURE, name),
);

const withoutForecast = (columns: readonly SegmentColumn[]): readonly SegmentColumn[] =>
  columns.filter((name) => !Object.hasOwn(SEGMENT_FORECAST, name));

/** Every list of columns that a `segments.csv` may have: of K-Means, of a mixture, and both as runs of earlier releases
 * have them. */
export const SEGMENT_CSV_COLUMNS: readonly (readonly SegmentColumn[])[] = [
  SEGMENT_COLUMNS,
  MIXTURE_SEGMENT_COLUMNS,
  withoutForecast(SEGMENT_COLUMNS),
  withoutForecast(MIXTURE_SEGMENT_COLUMNS),
];

/** What an export may hold of each customer. */
export const AUDIENCE = {
  grain: "customer of an audience",
  columns: { ...SEGMENT_ROWS.columns, is_holdout: flag("held out of the campaign") },
} satisfies TableContract;

const added = <H extends Holds>(column: Column<H, boolean>): Column<H, true> => leftOutWhereMissing(column);
const measured = added(decimal("what a feature with `last` or `withinDays` counts, in the order of the settings"));
const shareOfLines = added(share("share of the lines in a value that the settings name, in their order"));

/** Written by runs that cluster or score customers by any of them. */
export const WIDE = {
  lifetime_days: added(whole("days from the first purchase to the last")),
  gap_days_mean: added(real("mean days between purchase days; missing with one such day")),
  gap_days_spread: added(real("standard deviation of these days; missing below three purchase days")),
  lines_per_order: added(real("lines kept per order")),
  distinct_products: added(count("different products")),
  returns_share: added(real("what came back of what was bought, in money; missing where nothing was")),
  weekend_share: added(share("share of the orders on a Saturday or a Sunday")),
  share_1: shareOfLines,
  share_2: shareOfLines,
  share_3: shareOfLines,
  share_4: shareOfLines,
  share_5: shareOfLines,
  share_6: shareOfLines,
  measure_1: measured,
  measure_2: measured,
  measure_3: measured,
  measure_4: measured,
  measure_5: measured,
  measure_6: measured,
} as const;

/** What clustering and scoring read of each customer. */
export const FEATURES = {
  grain: "customer of a run",
  columns: {
    customer_id: text("as in the files"),
    recency_days: whole("calendar days from the last purchase to the snapshot date"),
    frequency: count("distinct orders, or what the frequency basis says"),
    monetary: money("what the customer spent"),
    first_purchase: day("day of the first purchase"),
    last_purchase: day("day of the last purchase"),
    active_days: count("days with a purchase"),
    lines: count("lines kept"),
    units: money("units bought"),
    returns_amount: money("what came back, whether the returns policy takes it off or leaves it out"),
    average_order_value: real("monetary value per order"),
    tenure_days: whole("days since the first purchase"),
    repeat_monetary: money("what the customer spent after the first day"),
    returns_taken_off: money("of what came back, what monetary is already net of"),
    ...WIDE,
  },
} satisfies TableContract;

/** What the policy `match` finds before anything is counted. */
export const RETURNED_LINES = {
  grain: "purchase line of which something came back, and return line that belongs to a purchase",
  columns: {
    source: text("name of the file"),
    line_number: count("physical line in it"),
    returned_quantity: decimal("pieces of the purchase that came back; 0 for a return"),
    returned_worth: money("what they cost; 0 for a return"),
  },
} satisfies TableContract;
