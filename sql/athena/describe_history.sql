-- Grain: one row per live source as of a moment: the history that a run is made of.
-- Timestamps go out with milliseconds: Athena's UNLOAD and views refuse the six decimals of Iceberg.
unload (
with {{> live_lines}},

history as (
  select
    cast(source as varchar) as source,
    cast(ingest_id as varchar) as ingest_id,
    cast(content_hash as varchar) as content_hash,
    cast(object_key as varchar) as object_key,
    cast(rows_in as bigint) as rows_in,
    cast(committed_at as timestamp(3)) as committed_at
  from live_ingests
)

select * from history order by source
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
