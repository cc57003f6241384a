-- Grain: one row per calendar month with purchases; a customer is new in the month of the first purchase kept.
unload (
with {{> run_orders}},

purchases as (
  select
    customer_id,
    order_month,
    sum(revenue) as revenue
  from run_orders
  where order_key is not null
  group by customer_id, order_month
),

first_months as (
  select
    customer_id,
    min(order_month) as first_month
  from purchases
  group by customer_id
),

months as (
  select
    cast(purchases.order_month as date) as order_month,
    cast(count(case when purchases.order_month = first_months.first_month then 1 end) as bigint) as new_customers,
    cast(count(case when purchases.order_month > first_months.first_month then 1 end) as bigint) as returning_customers,
    cast(
      sum(case when purchases.order_month = first_months.first_month then purchases.revenue else 0 end)
      as decimal(18, 4)
    ) as new_revenue,
    cast(
      sum(case when purchases.order_month > first_months.first_month then purchases.revenue else 0 end)
      as decimal(18, 4)
    ) as returning_revenue
  from purchases
  inner join first_months on purchases.customer_id = first_months.customer_id
  group by purchases.order_month
)

select * from months order by order_month
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
