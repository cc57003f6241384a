-- Grain: one row per customer whose kept lines are returns alone: listed, never segmented.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},
{{> kept_lines}},

customers as (
  select
    customer_id,
    count(*) as return_lines,
    sum(-line_value) as returns_amount,
    max(order_date) as last_return
  from kept_lines
  group by customer_id
  having count(case when line_type = 'purchase' then 1 end) = 0
),

returns_only as (
  select
    cast(customer_id as varchar) as customer_id,
    cast(return_lines as bigint) as return_lines,
    cast(returns_amount as decimal(18, 4)) as returns_amount,
    cast(last_return as date) as last_return
  from customers
)

select * from returns_only order by customer_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
