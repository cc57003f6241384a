-- Grain: one row per percent of customers (0 to 100), richest first: the Lorenz curve turned round. Customers in the
-- top p percent are n × p / 100, rounded up.
unload (
with run_features as (
  select customer_id, monetary
  from features
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

ranked_customers as (
  select
    monetary,
    row_number() over (order by monetary desc, customer_id) as rank_number,
    count(*) over () as customers
  from run_features
),

-- The smallest percent that includes the customer: rank <= ceil(n × p / 100).
customer_percents as (
  select
    monetary,
    (rank_number - 1) * 100 / customers + 1 as percent
  from ranked_customers
),

percents as (
  select
    percent,
    count(*) as customers,
    sum(monetary) as revenue
  from customer_percents
  group by percent
),

curve_points as (
  select percent
  from unnest(sequence(0, 100)) as points (percent)
),

concentration as (
  select
    cast(curve_points.percent as integer) as top_percent,
    cast(coalesce(sum(percents.customers), 0) as bigint) as customers,
    cast(coalesce(sum(percents.revenue), 0) as decimal(18, 4)) as revenue
  from curve_points
  left join percents on percents.percent <= curve_points.percent
  group by curve_points.percent
)

select * from concentration order by top_percent
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
