-- Grain: one row per cluster of one run: size, revenue, and exact medians (the mean of the two middle values where there are two).
unload (
with customers as (
  select *
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

measures as (
  select cluster_id, 'recency_days' as measure, cast(recency_days as decimal(18, 4)) as measured from customers
  union all
  select cluster_id, 'frequency' as measure, cast(frequency as decimal(18, 4)) as measured from customers
  union all
  select cluster_id, 'monetary' as measure, cast(monetary as decimal(18, 4)) as measured from customers
),

-- Equal values are interchangeable here, so the order needs no tie-break.
ranked as (
  select
    cluster_id,
    measure,
    measured,
    row_number() over (partition by cluster_id, measure order by measured) as value_rank,
    count(*) over (partition by cluster_id, measure) as value_count
  from measures
),

-- Widened before they become doubles: Trino rounds decimals of up to 18 digits to whole units of a double first.
middle_values as (
  select
    cluster_id,
    measure,
    cast(min(measured) as decimal(38, 4)) as lowest,
    cast(max(measured) as decimal(38, 4)) as highest
  from ranked
  where value_rank between (value_count + 1) / 2 and (value_count + 2) / 2
  group by cluster_id, measure
),

middles as (
  select
    cluster_id,
    measure,
    cast(lowest as double) + (cast(highest as double) - cast(lowest as double)) / 2e0 as median
  from middle_values
),

medians as (
  select
    cluster_id,
    max(case when measure = 'recency_days' then median end) as median_recency_days,
    max(case when measure = 'frequency' then median end) as median_frequency,
    max(case when measure = 'monetary' then median end) as median_monetary
  from middles
  group by cluster_id
),

sizes as (
  select
    cluster_id,
    count(*) as customers,
    sum(monetary) as revenue,
    sum(frequency) as orders
  from customers
  group by cluster_id
),

summary as (
  select
    cast(sizes.cluster_id as integer) as cluster_id,
    cast(sizes.customers as bigint) as customers,
    cast(sizes.orders as bigint) as orders,
    cast(cast(sizes.revenue as decimal(38, 4)) as varchar) as revenue,
    cast(medians.median_recency_days as double) as median_recency_days,
    cast(medians.median_frequency as double) as median_frequency,
    cast(medians.median_monetary as double) as median_monetary
  from sizes
  inner join medians on sizes.cluster_id = medians.cluster_id
)

select * from summary order by cluster_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
