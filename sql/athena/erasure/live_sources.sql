-- Grain: one row per source that counts as of {{as_of}}.
unload (
with {{> live_ingests}},

live_sources as (
  select
    cast(source as varchar) as source,
    cast(ingest_id as varchar) as ingest_id,
    cast(rows_in as bigint) as rows_in,
    cast(committed_at as timestamp(3)) as committed_at
  from live_ingests
)

select * from live_sources order by source
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
