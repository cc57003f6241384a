-- Grain: one row per (ingest_id, source) committed, and one per removal. The commit point of every ingest.
create table if not exists ingests (
  ingest_id string,
  source string,
  content_hash string,
  object_key string,
  rows_in bigint,
  committed_at timestamp,
  is_removed boolean
)
location '{{lake_uri}}/processed/ingests/'
tblproperties ('table_type' = 'ICEBERG', 'format' = 'parquet', 'write_compression' = 'zstd')
