-- Grain: one row per named segment and, in turn, (cohort and month), week, country, (weekday and hour); the columns of
-- the other three are missing. A cohort is the month of the first purchase kept, a week its Monday, Monday is 1. Every
-- customer has one segment, so customers add up over segments.
unload (
with {{> run_orders}},

run_segments as (
  select
    customer_id,
    rfm_segment,
    cast(date_trunc('month', first_purchase) as date) as cohort_month
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

segment_orders as (
  select
    run_segments.rfm_segment,
    run_segments.cohort_month,
    run_orders.order_month,
    cast(date_trunc('week', run_orders.order_date) as date) as order_week,
    run_orders.country,
    day_of_week(run_orders.order_date) as weekday,
    run_orders.order_hour,
    run_orders.order_key,
    run_orders.buyer_id,
    run_orders.lines,
    run_orders.units,
    run_orders.revenue
  from run_orders
  inner join run_segments on run_orders.customer_id = run_segments.customer_id
),

sales as (
  select
    cast(rfm_segment as varchar) as rfm_segment,
    cast(cohort_month as date) as cohort_month,
    cast(order_month as date) as order_month,
    cast(order_week as date) as order_week,
    cast(country as varchar) as country,
    cast(weekday as integer) as weekday,
    cast(order_hour as integer) as order_hour,
    {{> sales_columns}}
  from segment_orders
  group by grouping sets (
    (rfm_segment, cohort_month, order_month),
    (rfm_segment, order_week),
    (rfm_segment, country),
    (rfm_segment, weekday, order_hour)
  )
)

select * from sales order by rfm_segment, cohort_month, order_month, order_week, weekday, order_hour, country
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
