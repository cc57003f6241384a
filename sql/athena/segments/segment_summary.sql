-- Grain: one row per named segment of one run: size, revenue, what came back, and exact medians (the mean of the two middle values where there
-- are two). A customer has nothing left whose returns outweigh what the customer bought.
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

given_back as (
  select
    segments.rfm_segment,
    sum(features.returns_amount) as returns_amount,
    sum(features.returns_taken_off) as returns_taken_off,
    count(
      case when features.monetary + features.returns_taken_off <= features.returns_amount and features.returns_amount > 0 then 1 end
    ) as empty_customers
  from segments
  inner join features on segments.customer_id = features.customer_id
  where segments.run_id = '{{run_id}}' and segments.attempt = '{{attempt}}'
    and features.run_id = '{{run_id}}' and features.attempt = '{{attempt}}'
  group by segments.rfm_segment
),

summary as (
  select
    cast(group_key as varchar) as rfm_segment,
    customers,
    orders,
    revenue,
    median_recency_days,
    median_frequency,
    median_monetary,
    cast(cast(given_back.returns_amount as decimal(38, 4)) as varchar) as returns_amount,
    cast(cast(given_back.returns_taken_off as decimal(38, 4)) as varchar) as returns_taken_off,
    cast(given_back.empty_customers as bigint) as empty_customers
  from group_sizes
  inner join given_back on group_sizes.group_key = given_back.rfm_segment
)

select * from summary order by rfm_segment
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
