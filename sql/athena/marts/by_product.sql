-- Grain: one row per product, at most the 1,000 with the most revenue; description is the first in the alphabet. From the lines, for an order holds many.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},
{{> kept_lines}},
{{> sales_lines}},

sales as (
  select
    cast(product_id as varchar) as product_id,
    cast(min(description) as varchar) as description,
    {{> sales_columns}}
  from sales_lines
  group by product_id
)

select * from sales order by revenue desc, product_id
limit 1000
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
