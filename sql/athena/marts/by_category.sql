-- Grain: one row per category (missing where the file has none). From the lines, for an order holds many.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},
{{> kept_lines}},
{{> sales_lines}},

sales as (
  select
    cast(category as varchar) as category,
    {{> sales_columns}}
  from sales_lines
  group by category
)

select * from sales order by revenue desc, category
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
