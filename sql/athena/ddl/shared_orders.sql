-- Grain: one row per order (and day) of which two sources have a line in common, word for word. Facts, not decisions:
-- which version of the order counts is decided when the history is read, from what is live then.
create table if not exists shared_orders (
  ingest_id string,
  source string,
  other_ingest_id string,
  other_source string,
  order_key string,
  order_date date
)
location '{{lake_uri}}/processed/shared_orders/'
tblproperties ('table_type' = 'ICEBERG', 'format' = 'parquet', 'write_compression' = 'zstd')
