/** A table over Parquet files in the lake: Glue tables with injected partition projection on AWS, views locally. */
export interface ExternalTable {
  /** Folder of the files relative to the lake's root, with `{partition}` for each partition column; no slash at the end. */
  readonly location: string;
  /** Partition columns: a statement must compare each with a literal. */
  readonly partitionColumns: readonly string[];
  /** Columns of the files and their Trino types, in order. */
  readonly columns: Readonly<Record<string, string>>;
}

const RUN_OUTPUT = "curated/run_id={run_id}/attempt={attempt}";

const SEGMENT_COLUMN_TYPES = {
  customer_id: "varchar",
  recency_days: "integer",
  frequency: "bigint",
  monetary: "decimal(18, 4)",
  r_score: "integer",
  f_score: "integer",
  m_score: "integer",
  rfm_segment: "varchar",
  cluster_id: "integer",
  cluster_label: "varchar",
  distance: "double",
  first_purchase: "date",
  last_purchase: "date",
  snapshot_date: "date",
  model_version: "varchar",
};

/** External tables that the statements read. */
export const EXTERNAL_TABLES: Readonly<Record<string, ExternalTable>> = {
  raw_rows: {
    location: "raw/ingest_id={ingest_id}/rows",
    partitionColumns: ["ingest_id"],
    columns: {
      source: "varchar",
      line_number: "bigint",
      customer_id: "varchar",
      order_id: "varchar",
      order_date: "varchar",
      product_id: "varchar",
      description: "varchar",
      quantity: "varchar",
      unit_price: "varchar",
      amount: "varchar",
      country: "varchar",
      currency: "varchar",
      order_status: "varchar",
      category: "varchar",
      payment_method: "varchar",
      exchange_rate: "varchar",
      other_columns: "varchar",
      unreadable: "varchar",
    },
  },
  raw_sources: {
    location: "raw/ingest_id={ingest_id}/sources",
    partitionColumns: ["ingest_id"],
    columns: { source: "varchar", content_hash: "varchar", object_key: "varchar" },
  },
  /** Folders that a drop brings whole; no file where it brings none. */
  dropped_folders: {
    location: "raw/ingest_id={ingest_id}/folders",
    partitionColumns: ["ingest_id"],
    columns: { prefix: "varchar" },
  },
  orders: {
    location: `${RUN_OUTPUT}/orders`,
    partitionColumns: ["run_id", "attempt"],
    columns: {
      customer_id: "varchar",
      order_key: "varchar",
      line_type: "varchar",
      order_date: "date",
      order_hour: "integer",
      country: "varchar",
      payment_method: "varchar",
      lines: "bigint",
      units: "decimal(18, 4)",
      revenue: "decimal(18, 4)",
    },
  },
  features: {
    location: `${RUN_OUTPUT}/features`,
    partitionColumns: ["run_id", "attempt"],
    columns: {
      customer_id: "varchar",
      recency_days: "integer",
      frequency: "bigint",
      monetary: "decimal(18, 4)",
      first_purchase: "date",
      last_purchase: "date",
      active_days: "bigint",
      lines: "bigint",
      units: "decimal(18, 4)",
      returns_amount: "decimal(18, 4)",
      average_order_value: "double",
      tenure_days: "integer",
    },
  },
  segments: {
    location: `${RUN_OUTPUT}/segments`,
    partitionColumns: ["run_id", "attempt"],
    columns: SEGMENT_COLUMN_TYPES,
  },
  // The same files under partition columns of their own: a statement names one partition of a table.
  previous_segments: {
    location: "curated/run_id={previous_run_id}/attempt={previous_attempt}/segments",
    partitionColumns: ["previous_run_id", "previous_attempt"],
    columns: SEGMENT_COLUMN_TYPES,
  },
  // The segments that this run's customers have by the edges and the segment table of the run before.
  rescored: {
    location: `${RUN_OUTPUT}/rescored`,
    partitionColumns: ["run_id", "attempt"],
    columns: { customer_id: "varchar", rfm_segment: "varchar" },
  },
};
