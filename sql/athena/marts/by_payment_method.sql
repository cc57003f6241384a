-- Grain: one row per payment method (missing where the file has none).
unload (
with {{> run_orders}},

sales as (
  select
    cast(payment_method as varchar) as payment_method,
    {{> sales_columns}}
  from run_orders
  group by payment_method
)

select * from sales order by revenue desc, payment_method
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
