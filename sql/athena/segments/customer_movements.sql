-- Grain: one row per customer of this run or of the one before, in the order of customer_id: where each was and is. No segment_from: a
-- new customer; no segment_to: one whom this run does not have any more.
unload (
with {{> movements}},

migrations as (
  select
    cast('{{previous_run_id}}' as varchar) as run_from,
    cast('{{run_id}}' as varchar) as run_to,
    cast(customer_id as varchar) as customer_id,
    cast(segment_from as varchar) as segment_from,
    cast(segment_to as varchar) as segment_to,
    cast(threshold_only as boolean) as threshold_only
  from movements
)

select * from migrations order by customer_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
