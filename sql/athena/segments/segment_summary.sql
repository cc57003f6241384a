-- Grain: one row per named segment of one run: size, revenue, and exact medians (the mean of the two middle values where there are two).
unload (
with customers as (
  select
    rfm_segment as group_key,
    recency_days,
    frequency,
    monetary
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

{{> group_sizes}},

summary as (
  select
    cast(group_key as varchar) as rfm_segment,
    customers,
    orders,
    revenue,
    median_recency_days,
    median_frequency,
    median_monetary
  from group_sizes
)

select * from summary order by rfm_segment
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
