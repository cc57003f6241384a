-- Grain: one row for everything kept.
unload (
with {{> run_orders}},

sales as (
  select
    {{> sales_columns}}
  from run_orders
)

select * from sales
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
