-- order_days: one row per customer and day of a run's orders up to {{known_until}}. A day with any purchase is one
-- order, as the papers count; revenue is net of returns.
order_days as (
  select
    customer_id,
    order_date,
    max(case when order_key is not null then 1 else 0 end) = 1 as has_purchase,
    sum(revenue) as revenue
  from orders
  where run_id = '{{run_id}}' and attempt = '{{attempt}}' and order_date <= date '{{known_until}}'
  group by customer_id, order_date
),

first_orders as (
  select customer_id, min(order_date) as first_order
  from order_days
  where has_purchase and order_date <= date '{{forecast_date}}'
  group by customer_id
)
