-- group_sizes: number, revenue and exact medians (the mean of the two middle values where there are two) of `customers` by their
-- `group_key`.
measures as (
  select group_key, 'recency_days' as measure, cast(recency_days as decimal(18, 4)) as measured from customers
  union all
  select group_key, 'frequency' as measure, cast(frequency as decimal(18, 4)) as measured from customers
  union all
  select group_key, 'monetary' as measure, cast(monetary as decimal(18, 4)) as measured from customers
),

-- Equal values are interchangeable here, so the order needs no tie-break.
ranked as (
  select
    group_key,
    measure,
    measured,
    row_number() over (partition by group_key, measure order by measured) as value_rank,
    count(*) over (partition by group_key, measure) as value_count
  from measures
),

-- Widened before they become doubles: Trino rounds decimals of up to 18 digits to whole units of a double first.
middle_values as (
  select
    group_key,
    measure,
    cast(min(measured) as decimal(38, 4)) as lowest,
    cast(max(measured) as decimal(38, 4)) as highest
  from ranked
  where value_rank between (value_count + 1) / 2 and (value_count + 2) / 2
  group by group_key, measure
),

middles as (
  select
    group_key,
    measure,
    cast(lowest as double) + (cast(highest as double) - cast(lowest as double)) / 2e0 as median
  from middle_values
),

medians as (
  select
    group_key,
    max(case when measure = 'recency_days' then median end) as median_recency_days,
    max(case when measure = 'frequency' then median end) as median_frequency,
    max(case when measure = 'monetary' then median end) as median_monetary
  from middles
  group by group_key
),

sizes as (
  select
    group_key,
    count(*) as customers,
    sum(monetary) as revenue,
    sum(frequency) as orders
  from customers
  group by group_key
),

group_sizes as (
  select
    sizes.group_key,
    cast(sizes.customers as bigint) as customers,
    cast(sizes.orders as bigint) as orders,
    cast(cast(sizes.revenue as decimal(38, 4)) as varchar) as revenue,
    cast(medians.median_recency_days as double) as median_recency_days,
    cast(medians.median_frequency as double) as median_frequency,
    cast(medians.median_monetary as double) as median_monetary
  from sizes
  inner join medians on sizes.group_key = medians.group_key
)
