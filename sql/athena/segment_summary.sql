-- Grain: one row per named segment of one run: size, revenue, and exact medians (the mean of the two middle values where there are two).
unload (
with customers as (
  select *
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

measures as (
  select rfm_segment, 'recency_days' as measure, cast(recency_days as decimal(18, 4)) as measured from customers
  union all
  select rfm_segment, 'frequency' as measure, cast(frequency as decimal(18, 4)) as measured from customers
  union all
  select rfm_segment, 'monetary' as measure, cast(monetary as decimal(18, 4)) as measured from customers
),

-- Equal values are interchangeable here, so the order needs no tie-break.
ranked as (
  select
    rfm_segment,
    measure,
    measured,
    row_number() over (partition by rfm_segment, measure order by measured) as value_rank,
    count(*) over (partition by rfm_segment, measure) as value_count
  from measures
),

-- Widened before they become doubles: Trino rounds decimals of up to 18 digits to whole units of a double first.
middle_values as (
  select
    rfm_segment,
    measure,
    cast(min(measured) as decimal(38, 4)) as lowest,
    cast(max(measured) as decimal(38, 4)) as highest
  from ranked
  where value_rank between (value_count + 1) / 2 and (value_count + 2) / 2
  group by rfm_segment, measure
),

middles as (
  select
    rfm_segment,
    measure,
    cast(lowest as double) + (cast(highest as double) - cast(lowest as double)) / 2e0 as median
  from middle_values
),

medians as (
  select
    rfm_segment,
    max(case when measure = 'recency_days' then median end) as median_recency_days,
    max(case when measure = 'frequency' then median end) as median_frequency,
    max(case when measure = 'monetary' then median end) as median_monetary
  from middles
  group by rfm_segment
),

sizes as (
  select
    rfm_segment,
    count(*) as customers,
    sum(monetary) as revenue,
    sum(frequency) as orders
  from customers
  group by rfm_segment
),

summary as (
  select
    cast(sizes.rfm_segment as varchar) as rfm_segment,
    cast(sizes.customers as bigint) as customers,
    cast(sizes.orders as bigint) as orders,
    cast(cast(sizes.revenue as decimal(38, 4)) as varchar) as revenue,
    cast(medians.median_recency_days as double) as median_recency_days,
    cast(medians.median_frequency as double) as median_frequency,
    cast(medians.median_monetary as double) as median_monetary
  from sizes
  inner join medians on sizes.rfm_segment = medians.rfm_segment
)

select * from summary order by rfm_segment
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
