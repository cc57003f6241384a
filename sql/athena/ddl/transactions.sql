-- Grain: one row per line of every ingested file, whether it is any good or not. Append-only; a row counts only
-- while its (ingest_id, source) is live in `ingests`.
-- Not partitioned: one INSERT may open 100 Iceberg partitions at most, and dirty dates would pass that by the month.
-- Each INSERT writes its own files, so their statistics already prune by ingest_id and by date.
create table if not exists transactions (
  ingest_id string,
  source string,
  line_number bigint,
  customer_id string,
  order_id string,
  ordered_at timestamp,
  product_id string,
  description string,
  quantity decimal(18, 4),
  unit_price decimal(18, 4),
  amount decimal(18, 4),
  country string,
  currency string,
  order_status string,
  category string,
  payment_method string,
  is_cancellation boolean,
  is_duplicate boolean,
  invalid_reason string,
  invalid_value string
)
location '{{lake_uri}}/processed/transactions/'
tblproperties ('table_type' = 'ICEBERG', 'format' = 'parquet', 'write_compression' = 'zstd')
