-- Grain: one row per source of an ingest that has lines of the customer.
unload (
with held_lines as (
  select
    cast(ingest_id as varchar) as ingest_id,
    cast(source as varchar) as source,
    cast(count(*) as bigint) as line_count
  from transactions
  where {{> erased_identity column="customer_id"}} = '{{customer_id}}'
  group by ingest_id, source
)

select * from held_lines order by ingest_id, source
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
