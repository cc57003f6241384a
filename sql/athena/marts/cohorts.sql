-- Grain: one row per cohort (month of the first purchase kept) and months since then in which some of it bought again.
unload (
with {{> run_orders}},

active_months as (
  select distinct
    customer_id,
    order_month
  from run_orders
  where order_key is not null
),

first_months as (
  select
    customer_id,
    min(order_month) as first_month
  from active_months
  group by customer_id
),

cohorts as (
  select
    cast(first_months.first_month as date) as cohort_month,
    cast(
      (year(active_months.order_month) - year(first_months.first_month)) * 12
      + month(active_months.order_month) - month(first_months.first_month)
      as integer
    ) as months_since_first,
    cast(count(*) as bigint) as customers
  from active_months
  inner join first_months on active_months.customer_id = first_months.customer_id
  group by first_months.first_month, active_months.order_month
)

select * from cohorts order by cohort_month, months_since_first
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
