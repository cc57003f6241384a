-- Grain: one row per live line that the latest run did not keep, with the first reason that applied to it.
-- Timestamps go out with milliseconds: Athena's UNLOAD and views refuse the six decimals of Iceberg.
create or replace view rejects as
with {{> unmatched_lines}},
{{> judged_statuses}},
{{> order_lines}},

rejected_lines as (
  select
    cast(drop_reason as varchar) as drop_reason,
    cast(source as varchar) as source,
    cast(line_number as bigint) as line_number,
    cast(customer_id as varchar) as customer_id,
    cast(order_id as varchar) as order_id,
    cast(ordered_at as timestamp(3)) as ordered_at,
    cast(product_id as varchar) as product_id,
    cast(description as varchar) as description,
    cast(quantity as decimal(18, 4)) as quantity,
    cast(unit_price as decimal(18, 4)) as unit_price,
    cast(amount as decimal(18, 4)) as amount,
    cast(country as varchar) as country,
    cast(invalid_value as varchar) as invalid_value,
    cast(ingest_id as varchar) as ingest_id
  from order_lines
  where drop_reason is not null
)

select * from rejected_lines
