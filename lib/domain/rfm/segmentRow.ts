/** Columns of `segments.csv`, of the segments Parquet and of the PostgreSQL table, in this order. */
export const SEGMENT_COLUMNS = [
  "customer_id",
  "recency_days",
  "frequency",
  "monetary",
  "r_score",
  "f_score",
  "m_score",
  "rfm_segment",
  "cluster_id",
  "cluster_label",
  "distance",
  "first_purchase",
  "last_purchase",
  "snapshot_date",
  "run_id",
  "model_version",
] as const;

export type SegmentColumn = (typeof SEGMENT_COLUMNS)[number];
