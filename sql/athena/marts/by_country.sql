-- Grain: one row per country (missing where the file has none).
unload (
with {{> run_orders}},

sales as (
  select
    cast(country as varchar) as country,
    {{> sales_columns}}
  from run_orders
  group by country
)

select * from sales order by revenue desc, country
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
