-- Grain: one row for the whole ingest: what the quality gate looks at, before any policy.
-- Timestamps go out with milliseconds: Athena's UNLOAD and views refuse the six decimals of Iceberg.
unload (
with {{> ingest_lines}},

profile as (
  select
    cast(count(*) as bigint) as row_count,
    cast(count(distinct customer_id) as bigint) as customers,
    cast(count(distinct order_id) as bigint) as orders,
    cast(count(distinct product_id) as bigint) as products,
    cast(count(distinct country) as bigint) as countries,
    cast(count(distinct currency) as bigint) as currencies,
    cast(count(distinct cast(ordered_at as date)) as bigint) as days,
    cast(min(ordered_at) as timestamp(3)) as first_ordered_at,
    cast(max(ordered_at) as timestamp(3)) as last_ordered_at,
    cast(cast(coalesce(sum(amount), 0) as decimal(38, 4)) as varchar) as amount,
    cast(cast(coalesce(sum(quantity), 0) as decimal(38, 4)) as varchar) as quantity,
    cast(count(case when customer_id is null then 1 end) as bigint) as missing_customer_rows,
    cast(count(case when order_id is null then 1 end) as bigint) as missing_order_rows,
    cast(count(case when description is null then 1 end) as bigint) as missing_description_rows,
    cast(count(case when is_duplicate then 1 end) as bigint) as duplicate_rows,
    cast(count(case when is_cancellation then 1 end) as bigint) as cancellation_rows,
    cast(count(case when quantity <= 0 then 1 end) as bigint) as non_positive_quantity_rows,
    cast(count(case when unit_price <= 0 then 1 end) as bigint) as non_positive_price_rows,
    cast(count(case when amount <= 0 then 1 end) as bigint) as non_positive_amount_rows,
    cast(count(case when invalid_reason is not null then 1 end) as bigint) as invalid_rows
  from source_lines
)

select * from profile
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
