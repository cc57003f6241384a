-- Grain: one row per calendar month with kept lines.
unload (
with {{> run_orders}},

sales as (
  select
    cast(order_month as date) as order_month,
    {{> sales_columns}}
  from run_orders
  group by order_month
)

select * from sales order by order_month
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
