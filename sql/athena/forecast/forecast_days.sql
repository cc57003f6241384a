-- Grain: one row per day with an order of a customer known at {{forecast_date}}, from the first until {{known_until}}:
-- how many ordered for the first time, and how many again.
unload (
with {{> order_days}},

forecast_days as (
  select
    cast(order_days.order_date as date) as order_date,
    cast(count(case when order_days.order_date = first_orders.first_order then 1 end) as bigint) as first_orders,
    cast(count(case when order_days.order_date > first_orders.first_order then 1 end) as bigint) as repeat_orders
  from order_days
  inner join first_orders on order_days.customer_id = first_orders.customer_id
  where order_days.has_purchase
  group by order_days.order_date
)

select * from forecast_days order by order_date
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
