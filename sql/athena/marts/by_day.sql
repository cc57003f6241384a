-- Grain: one row per calendar day with kept lines.
unload (
with {{> run_orders}},

sales as (
  select
    cast(order_date as date) as order_date,
    {{> sales_columns}}
  from run_orders
  group by order_date
)

select * from sales order by order_date
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
