-- order_histories: each customer with an order until {{forecast_date}}, as the forecast sees it: nothing later is in it
-- but the columns that begin with later_.
{{> order_days}},

order_histories as (
  select
    order_days.customer_id,
    first_orders.first_order,
    count(case when order_days.has_purchase and is_known then 1 end) as orders,
    max(case when order_days.has_purchase and is_known then order_days.order_date end) as last_order,
    sum(case when is_known then order_days.revenue end) as spend,
    sum(case when is_known and order_days.order_date > first_orders.first_order then order_days.revenue end) as repeat_spend,
    count(case when order_days.has_purchase and is_of_last_year then 1 end) as last_year_orders,
    sum(case when is_of_last_year then order_days.revenue end) as last_year_spend,
    count(case when order_days.has_purchase and not is_known then 1 end) as later_orders,
    sum(case when not is_known then order_days.revenue end) as later_spend
  from (
    select
      *,
      order_date <= date '{{forecast_date}}' as is_known,
      order_date <= date '{{forecast_date}}' and order_date > date '{{forecast_date}}' - interval '365' day as is_of_last_year
    from order_days
  ) as order_days
  inner join first_orders on order_days.customer_id = first_orders.customer_id
  group by order_days.customer_id, first_orders.first_order
)
