-- Grain: one row per weekday and hour, one per weekday (hour missing) and one per hour (weekday missing).
-- Monday is 1.
unload (
with {{> run_orders}},

timed_orders as (
  select
    *,
    day_of_week(order_date) as weekday
  from run_orders
),

sales as (
  select
    cast(weekday as integer) as weekday,
    cast(order_hour as integer) as order_hour,
    {{> sales_columns}}
  from timed_orders
  group by grouping sets ((weekday, order_hour), (weekday), (order_hour))
)

select * from sales order by weekday, order_hour
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
