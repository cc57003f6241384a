-- Grain: one row: the span of what the policy keeps when neither window nor snapshot limits it. Purchases alone, for
-- they decide recency.
unload (
with {{> unmatched_lines}},
{{> judged_statuses}},
{{> order_lines window_start="0001-01-01" snapshot_date="9999-12-31"}},

bounds as (
  select
    cast(min(order_date) as date) as first_date,
    cast(max(order_date) as date) as last_date,
    cast(count(*) as bigint) as row_count,
    cast(count(distinct customer_id) as bigint) as customers,
    -- One name for the money of every line, or none.
    cast(case when count(currency) = count(*) and min(currency) = max(currency) then min(currency) end as varchar) as currency,
    cast(count(distinct currency) as bigint) as currencies
  from order_lines
  where drop_reason is null and line_type = 'purchase'
)

select * from bounds
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
