import {
  type Column,
  type Columns,
  count,
  day,
  money,
  real,
  share,
  type TableContract,
  text,
  whole,
} from "./contract.ts";
import { FORECASTS } from "./forecasts.ts";
import { MARTS, type MartContract } from "./marts.ts";
import { SEGMENTS } from "./segments.ts";

/**
 * A table that BI tools read: static, over what is published. Its name and columns are the same in Athena and locally.
 */
export interface BiTable extends TableContract {
  /**
   * parquet: the files of the current run, listed in `symlink.txt`, from this folder of the run's results.
   * json: a line per row. The current run's only where the name starts with `current_`, else a file per run.
   */
  readonly source:
    | { readonly kind: "parquet"; readonly folder: string; readonly within?: string | undefined }
    | { readonly kind: "json" };
}

const RUN = { run_id: text("the run"), snapshot_date: day("day to which recency is counted") };
const GROUP = {
  customers: count("customers in it"),
  customer_share: share("of all customers"),
  revenue: money("what they spent"),
  revenue_share: share("of all revenue"),
  median_recency_days: real("median days since the last purchase"),
  median_frequency: real("median orders of a customer"),
  median_monetary: real("median money of a customer"),
  average_monetary: money("mean money of a customer"),
};
const SEGMENT = { ...RUN, rfm_segment: text("named segment") };
const CLUSTER = {
  ...RUN,
  cluster_id: whole("K-Means cluster, 0 the most valuable"),
  cluster_label: text("its label"),
};
const RUN_TOTALS = {
  ...RUN,
  created_at: text("when the run was planned, ISO 8601 in UTC"),
  model_version: text("its model"),
  cluster_count: whole("k"),
  customers: count("customers segmented"),
  orders: count("their orders"),
  revenue: money("what they spent"),
  average_order_value: money("revenue per order"),
  repeat_share: share("of the customers with more than one order"),
  sources: count("files in the history"),
  rows_in: count("rows of the files"),
  rows_kept: count("rows that count"),
  first_date: day("first day of the history"),
  last_date: day("last day of the history"),
};

const json = (grain: string, columns: Readonly<Record<string, Column>>): BiTable => ({
  grain,
  source: { kind: "json" },
  columns,
});

const parquetOf = (folder: string, { within }: MartContract) => ({ kind: "parquet" as const, folder, within });

/** The marts that BI tools see, each under its own name. */
const ofMarts = Object.fromEntries(
  Object.entries(MARTS).flatMap(([folder, mart]: [string, MartContract<Columns>]) =>
    mart.biTable === undefined
      ? []
      : [[mart.biTable, { grain: mart.grain, columns: mart.columns, source: parquetOf(folder, mart) }]],
  ),
);

export const BI_TABLES: Readonly<Record<string, BiTable>> = {
  current_run: json("run that readers see: there is one", RUN_TOTALS),
  current_segments: {
    ...SEGMENTS,
    grain: "customer of the current run",
    source: { kind: "parquet", folder: "segments" },
  },
  current_forecasts: {
    ...FORECASTS,
    grain: "customer of the current run; without numbers where there is too little history for a forecast",
    source: { kind: "parquet", folder: "forecasts" },
  },
  current_segment_summary: json("named segment of the current run that has customers", { ...SEGMENT, ...GROUP }),
  current_cluster_summary: json("cluster of the current run", { ...CLUSTER, ...GROUP }),
  ...ofMarts,
  run_totals: json("published run", RUN_TOTALS),
  segment_history: json("published run and named segment that has customers", { ...SEGMENT, ...GROUP }),
  cluster_history: json("published run and cluster", { ...CLUSTER, ...GROUP }),
  run_ledger: json("published run and outcome of a row", {
    ...RUN,
    outcome: text("kept, or why the rows were rejected"),
    row_count: count("rows of the history"),
    amount: money("of those rows"),
  }),
};
