-- Grain: one row per customer with an order until {{forecast_date}}, or per one in so many of them by the order of
-- their ids: its history as it was then, and what it did from then until {{known_until}}.
unload (
with {{> order_histories}},

numbered as (
  select
    *,
    row_number() over (order by customer_id) as customer_number
  from order_histories
),

forecast_customers as (
  select
    cast(customer_id as varchar) as customer_id,
    cast(orders - 1 as bigint) as repeat_orders,
    cast(date_diff('day', first_order, last_order) as integer) as recency_days,
    cast(date_diff('day', first_order, date '{{forecast_date}}') as integer) as age_days,
    cast(coalesce(spend, 0) as decimal(18, 4)) as spend,
    cast(coalesce(repeat_spend, 0) as decimal(18, 4)) as repeat_spend,
    cast(last_year_orders as bigint) as last_year_orders,
    cast(coalesce(last_year_spend, 0) as decimal(18, 4)) as last_year_spend,
    cast(later_orders as bigint) as later_orders,
    cast(coalesce(later_spend, 0) as decimal(18, 4)) as later_spend
  from numbered
  where mod(customer_number, {{sample_modulus}}) = 0
)

select * from forecast_customers order by customer_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
