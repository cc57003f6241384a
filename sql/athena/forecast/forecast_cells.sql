-- Grain: one row per kind and value. 'lifetime': customers counted by repeat orders, days from the first order to the
-- last and to the forecast; 'spend': repeat buyers counted by repeat orders and what they spent on them. Exact, and far
-- fewer than customers. What repeat buyers of a cell spent in all makes sums over customers exact, too: an expected
-- amount grows with the customer's own mean in a straight line.
unload (
with {{> order_histories}},

cells as (
  select
    'lifetime' as kind,
    orders - 1 as repeat_orders,
    date_diff('day', first_order, last_order) as recency_days,
    date_diff('day', first_order, date '{{forecast_date}}') as age_days,
    cast(null as decimal(38, 4)) as repeat_spend,
    case when orders > 1 and repeat_spend > 0 then repeat_spend else 0 end as spent
  from order_histories
  union all
  select
    'spend' as kind,
    orders - 1 as repeat_orders,
    null as recency_days,
    null as age_days,
    cast(repeat_spend as decimal(38, 4)) as repeat_spend,
    repeat_spend as spent
  from order_histories
  where orders > 1 and repeat_spend > 0
),

forecast_cells as (
  select
    cast(kind as varchar) as kind,
    cast(repeat_orders as bigint) as repeat_orders,
    cast(recency_days as integer) as recency_days,
    cast(age_days as integer) as age_days,
    cast(repeat_spend as decimal(18, 4)) as repeat_spend,
    cast(count(*) as bigint) as customers,
    cast(sum(spent) as decimal(18, 4)) as total_repeat_spend
  from cells
  group by kind, repeat_orders, recency_days, age_days, repeat_spend
)

select * from forecast_cells order by kind, repeat_orders, recency_days, age_days, repeat_spend
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
