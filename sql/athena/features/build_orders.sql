-- Grain: one row per customer, order, line type, date, hour, country and payment method: nearly one per order. The
-- marts read this instead of the history again. order_key is missing on returns.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},
{{> kept_lines}},

orders as (
  select
    cast(customer_id as varchar) as customer_id,
    cast(order_key as varchar) as order_key,
    cast(line_type as varchar) as line_type,
    cast(order_date as date) as order_date,
    cast(hour(ordered_at) as integer) as order_hour,
    cast(country as varchar) as country,
    cast(payment_method as varchar) as payment_method,
    cast(count(*) as bigint) as lines,
    cast(coalesce(sum(case when line_type = 'purchase' then quantity end), 0) as decimal(18, 4)) as units,
    cast(sum(line_value) as decimal(18, 4)) as revenue
  from kept_lines
  group by customer_id, order_key, line_type, order_date, hour(ordered_at), country, payment_method
)

select * from orders
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
