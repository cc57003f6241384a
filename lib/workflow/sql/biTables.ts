/** The tables that BI tools read: static, over what is published. Their names and columns are the same in Athena and locally. */

export interface BiColumn {
  /** Trino's name of the type. */
  readonly type: string;
  /** What it is, with its unit. */
  readonly meaning: string;
}

export interface BiTable {
  /** One row per … */
  readonly grain: string;
  /**
   * parquet: the files of the current run, listed in `symlink.txt`, from this folder of the run's results.
   * json: a line per row. The current run's only where the name starts with `current_`, else a file per run.
   */
  readonly source: { readonly kind: "parquet"; readonly folder: string } | { readonly kind: "json" };
  readonly columns: Readonly<Record<string, BiColumn>>;
}

const column = (type: string, meaning: string): BiColumn => ({ type, meaning });
const money = (meaning: string): BiColumn => column("decimal(18, 4)", `${meaning}, in the currency of the files`);
const count = (meaning: string): BiColumn => column("bigint", meaning);
const share = (meaning: string): BiColumn => column("double", `${meaning}, 0..1`);

const RUN = {
  run_id: column("varchar", "the run"),
  snapshot_date: column("date", "day to which recency is counted"),
};
const GROUP = {
  customers: count("customers in it"),
  customer_share: share("of all customers"),
  revenue: money("what they spent"),
  revenue_share: share("of all revenue"),
  median_recency_days: column("double", "median days since the last purchase"),
  median_frequency: column("double", "median orders of a customer"),
  median_monetary: column("double", "median money of a customer"),
  average_monetary: money("mean money of a customer"),
};
const SALES = {
  revenue: money("purchases minus what the returns policy takes off"),
  orders: count("distinct orders"),
  customers: count("distinct customers with an order"),
  units: column("decimal(18, 4)", "units sold"),
  lines: count("lines of the orders"),
  average_order_value: column("double", "revenue per order"),
};
const SEGMENT = { ...RUN, rfm_segment: column("varchar", "named segment") };
const CLUSTER = {
  ...RUN,
  cluster_id: column("integer", "K-Means cluster, 0 the most valuable"),
  cluster_label: column("varchar", "its label"),
};
const SCORE = (of: string): BiColumn => column("integer", `1..5, 5 is best, by quantiles of ${of}`);

const sales = (folder: string, grain: string, keys: Readonly<Record<string, BiColumn>>): BiTable => ({
  grain,
  source: { kind: "parquet", folder },
  columns: { ...keys, ...SALES },
});
const json = (grain: string, columns: Readonly<Record<string, BiColumn>>): BiTable => ({
  grain,
  source: { kind: "json" },
  columns,
});

const RUN_TOTALS = {
  ...RUN,
  created_at: column("varchar", "when the run was planned, ISO 8601 in UTC"),
  model_version: column("varchar", "its model"),
  cluster_count: column("integer", "k"),
  customers: count("customers segmented"),
  orders: count("their orders"),
  revenue: money("what they spent"),
  average_order_value: money("revenue per order"),
  repeat_share: share("of the customers with more than one order"),
  sources: count("files in the history"),
  rows_in: count("rows of the files"),
  rows_kept: count("rows that count"),
  first_date: column("date", "first day of the history"),
  last_date: column("date", "last day of the history"),
};

export const BI_TABLES: Readonly<Record<string, BiTable>> = {
  current_run: json("run that readers see: there is one", RUN_TOTALS),
  current_segments: {
    grain: "customer of the current run",
    source: { kind: "parquet", folder: "segments" },
    columns: {
      customer_id: column("varchar", "as in the files"),
      recency_days: column("integer", "calendar days from the last purchase to the snapshot date"),
      frequency: count("distinct orders"),
      monetary: money("what the customer spent"),
      r_score: SCORE("recency"),
      f_score: SCORE("frequency"),
      m_score: SCORE("monetary value"),
      rfm_segment: column("varchar", "named segment"),
      cluster_id: column("integer", "K-Means cluster, 0 the most valuable"),
      cluster_label: column("varchar", "its label"),
      distance: column("double", "to the cluster's centre, in standard deviations of the scaled features"),
      first_purchase: column("date", "day of the first purchase"),
      last_purchase: column("date", "day of the last purchase"),
      snapshot_date: column("date", "day to which recency is counted"),
      model_version: column("varchar", "the run's model"),
    },
  },
  current_segment_summary: json("named segment of the current run that has customers", { ...SEGMENT, ...GROUP }),
  current_cluster_summary: json("cluster of the current run", { ...CLUSTER, ...GROUP }),
  current_sales_by_month: sales("by_month", "month with kept lines", {
    order_month: column("date", "its first day"),
  }),
  current_sales_by_day: sales("by_day", "day with kept lines", { order_date: column("date", "the day") }),
  current_sales_by_country: sales("by_country", "country", {
    country: column("varchar", "as in the files; missing where they have none"),
  }),
  current_sales_by_weekday_hour: sales(
    "by_weekday_hour",
    "weekday and hour, and one per weekday (hour missing) and one per hour (weekday missing): filter, never add up all",
    {
      weekday: column("integer", "1 Monday .. 7 Sunday; missing in the rows per hour"),
      order_hour: column("integer", "0..23; missing in the rows per weekday, and where the files have no times"),
    },
  ),
  current_sales_by_product: sales("by_product", "product, the 1,000 with the most revenue", {
    product_id: column("varchar", "as in the files"),
    description: column("varchar", "the first of its descriptions in the alphabet"),
  }),
  current_sales_by_category: sales("by_category", "category", {
    category: column("varchar", "as in the files; missing where they have none"),
  }),
  current_sales_by_payment_method: sales("by_payment_method", "payment method", {
    payment_method: column("varchar", "as in the files; missing where they have none"),
  }),
  current_new_and_returning: {
    grain: "month with purchases",
    source: { kind: "parquet", folder: "new_and_returning" },
    columns: {
      order_month: column("date", "its first day"),
      new_customers: count("customers whose first purchase is in the month"),
      returning_customers: count("customers who bought before"),
      new_revenue: money("of the new ones"),
      returning_revenue: money("of the others"),
    },
  },
  current_cohorts: {
    grain: "cohort and month since its first purchase in which some of it bought",
    source: { kind: "parquet", folder: "cohorts" },
    columns: {
      cohort_month: column("date", "first day of the month of the first purchase"),
      months_since_first: column("integer", "0 is the month itself: its customers are the cohort's size"),
      customers: count("of the cohort who bought in that month"),
    },
  },
  current_concentration: {
    grain: "percent of customers, 0..100, richest first",
    source: { kind: "parquet", folder: "concentration" },
    columns: {
      top_percent: column("integer", "the top so many percent"),
      customers: count("so many customers, rounded up"),
      revenue: money("what they spent together"),
    },
  },
  current_migrations: {
    grain: "customer of the current run or of the one before it; none after a first run",
    source: { kind: "parquet", folder: "migrations" },
    columns: {
      run_from: column("varchar", "the run before"),
      run_to: column("varchar", "the current run"),
      customer_id: column("varchar", "as in the files"),
      segment_from: column("varchar", "named segment then; missing for a new customer"),
      segment_to: column("varchar", "named segment now; missing for a customer whom the run does not have any more"),
      threshold_only: column("boolean", "the customer would have stayed under the edges of the run before"),
    },
  },
  run_totals: json("published run", RUN_TOTALS),
  segment_history: json("published run and named segment that has customers", { ...SEGMENT, ...GROUP }),
  cluster_history: json("published run and cluster", { ...CLUSTER, ...GROUP }),
  run_ledger: json("published run and outcome of a row", {
    ...RUN,
    outcome: column("varchar", "kept, or why the rows were dropped"),
    row_count: count("rows of the history"),
    amount: money("of those rows"),
  }),
};
