-- Grain: one row per named segment and cluster that have customers in common.
unload (
with customers as (
  select *
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

summary as (
  select
    cast(rfm_segment as varchar) as rfm_segment,
    cast(cluster_id as integer) as cluster_id,
    cast(count(*) as bigint) as customers,
    cast(cast(sum(monetary) as decimal(38, 4)) as varchar) as revenue
  from customers
  group by rfm_segment, cluster_id
)

select * from summary order by rfm_segment, cluster_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
