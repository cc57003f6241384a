-- Grain: one row per live source as of a moment: the history that a run is made of, and how many of the source's
-- orders a later source has too.
-- Timestamps go out with milliseconds: Athena's UNLOAD and views refuse the six decimals of Iceberg.
unload (
with {{> live_ingests}},

{{> superseded_orders}},

superseded_counts as (
  select
    ingest_id,
    source,
    count(*) as order_count
  from superseded_orders
  group by ingest_id, source
),

history as (
  select
    cast(live_ingests.source as varchar) as source,
    cast(live_ingests.ingest_id as varchar) as ingest_id,
    cast(live_ingests.content_hash as varchar) as content_hash,
    cast(live_ingests.object_key as varchar) as object_key,
    cast(live_ingests.rows_in as bigint) as rows_in,
    cast(live_ingests.committed_at as timestamp(3)) as committed_at,
    cast(coalesce(superseded_counts.order_count, 0) as bigint) as superseded_orders
  from live_ingests
  left join superseded_counts
    on live_ingests.ingest_id = superseded_counts.ingest_id
    and live_ingests.source = superseded_counts.source
)

select * from history order by source
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
