-- Grain: one row per customer: the ten with the highest monetary value and the ten farthest from their centroid, with
-- totals of the whole run beside them. They are the ones that an average hides or bends.
unload (
with customers as (
  select *
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

counts as (
  select
    sum(active_days) as total_active_days,
    sum(lines) as total_lines
  from features
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

ranked as (
  select
    customer_id,
    recency_days,
    frequency,
    monetary,
    rfm_segment,
    cluster_label,
    distance,
    row_number() over (order by monetary desc, customer_id) as monetary_rank,
    row_number() over (order by distance desc, customer_id) as distance_rank,
    sum(monetary) over () as total_monetary,
    sum(frequency) over () as total_frequency,
    count(*) over () as total_customers,
    count(case when frequency > 1 then 1 end) over () as repeat_customers
  from customers
),

dominant as (
  select
    cast(customer_id as varchar) as customer_id,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(cast(monetary as decimal(38, 4)) as varchar) as monetary,
    cast(rfm_segment as varchar) as rfm_segment,
    cast(cluster_label as varchar) as cluster_label,
    cast(distance as double) as distance,
    cast(monetary_rank as bigint) as monetary_rank,
    cast(distance_rank as bigint) as distance_rank,
    cast(cast(total_monetary as decimal(38, 4)) as varchar) as total_monetary,
    cast(total_frequency as bigint) as total_frequency,
    cast(total_active_days as bigint) as total_active_days,
    cast(total_lines as bigint) as total_lines,
    cast(total_customers as bigint) as total_customers,
    cast(repeat_customers as bigint) as repeat_customers
  from ranked
  cross join counts
  where monetary_rank <= 10 or distance_rank <= 10
)

select * from dominant order by monetary_rank
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
