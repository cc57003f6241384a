-- Grain: one row per named segment, cluster and cell of recency × monetary value on logarithmic axes: what a scatter
-- plot needs of any number of customers. Sums give each cell its mean position.
unload (
with customers as (
  select
    rfm_segment,
    cluster_id,
    recency_days,
    frequency,
    monetary,
    floor(ln(1e0 + cast(recency_days as double)) * 6e0) as recency_cell,
    case
      when monetary >= 0 then floor(ln(1e0 + cast(monetary as double)) * 4e0)
      else -1e0 - floor(ln(1e0 - cast(monetary as double)) * 4e0)
    end as monetary_cell
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

cells as (
  select
    cast(rfm_segment as varchar) as rfm_segment,
    cast(cluster_id as integer) as cluster_id,
    cast(recency_cell as integer) as recency_cell,
    cast(monetary_cell as integer) as monetary_cell,
    cast(count(*) as bigint) as customers,
    cast(count(case when frequency > 1 then 1 end) as bigint) as repeat_customers,
    cast(sum(recency_days) as bigint) as recency_days,
    cast(sum(frequency) as bigint) as orders,
    cast(sum(monetary) as decimal(18, 4)) as revenue
  from customers
  group by rfm_segment, cluster_id, recency_cell, monetary_cell
)

select * from cells order by rfm_segment, cluster_id, recency_cell, monetary_cell
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
