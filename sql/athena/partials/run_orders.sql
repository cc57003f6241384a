-- run_orders: the orders of one attempt; line counts are those of purchases, revenue is net of returns.
run_orders as (
  select
    customer_id,
    order_key,
    order_date,
    order_hour,
    country,
    payment_method,
    case when order_key is not null then customer_id end as buyer_id,
    case when order_key is not null then lines else 0 end as lines,
    units,
    revenue,
    cast(date_trunc('month', order_date) as date) as order_month
  from orders
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
)
