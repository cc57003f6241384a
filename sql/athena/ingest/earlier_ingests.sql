-- Grain: one row per earlier drop, the newest twenty: what the rows of a drop usually are.
unload (
with drops as (
  select
    ingest_id,
    sum(rows_in) as row_count,
    max(committed_at) as committed_at
  from ingests
  where committed_at < timestamp '{{as_of}}' and not is_removed and ingest_id <> '{{ingest_id}}'
  group by ingest_id
),

earlier_ingests as (
  select
    cast(ingest_id as varchar) as ingest_id,
    cast(row_count as bigint) as row_count,
    cast(committed_at as timestamp(3)) as committed_at
  from drops
)

select * from earlier_ingests order by committed_at desc, ingest_id desc limit 20
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
