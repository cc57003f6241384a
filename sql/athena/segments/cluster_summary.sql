-- Grain: one row per cluster of one run: size, revenue, and exact medians (the mean of the two middle values where there are two).
unload (
with customers as (
  select
    cluster_id as group_key,
    recency_days,
    frequency,
    monetary
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

{{> group_sizes}},

summary as (
  select
    cast(group_key as integer) as cluster_id,
    customers,
    orders,
    revenue,
    median_recency_days,
    median_frequency,
    median_monetary
  from group_sizes
)

select * from summary order by cluster_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
