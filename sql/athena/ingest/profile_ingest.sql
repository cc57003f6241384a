-- Grain: one row for the whole ingest: what the quality gate looks at, before any policy.
-- Places are texts that sort by line, '000000000012 shop.csv'. Timestamps go out with milliseconds: Athena's UNLOAD and
-- views refuse the six decimals of Iceberg.
unload (
with {{> ingest_lines}},

days as (
  select distinct cast(ordered_at as date) as order_day
  from source_lines
  where ordered_at is not null
),

day_gaps as (
  select
    order_day,
    date_diff('day', order_day, lead(order_day) over (order by order_day)) - 1 as gap_days
  from days
),

ranked_gaps as (
  select
    order_day,
    gap_days,
    max(gap_days) over () as longest_gap_days
  from day_gaps
),

calendar as (
  select
    cast(count(*) as bigint) as days,
    cast(max(gap_days) as bigint) as longest_gap_days,
    cast(min(case when gap_days = longest_gap_days then order_day end) as date) as longest_gap_after
  from ranked_gaps
),

extremes as (
  select
    cast(min(quantity) as decimal(18, 4)) as min_quantity,
    cast(max(quantity) as decimal(18, 4)) as max_quantity,
    cast(min(unit_price) as decimal(18, 4)) as min_unit_price,
    cast(max(unit_price) as decimal(18, 4)) as max_unit_price,
    cast(min(amount) as decimal(18, 4)) as min_amount,
    cast(max(amount) as decimal(18, 4)) as max_amount
  from source_lines
),

-- Numbers first, texts for one line of each source: a text a line would take ten times as long.
first_lines as (
  select
    source,
    min(case when customer_id is null then line_number end) as first_missing_customer,
    min(case when is_duplicate then line_number end) as first_duplicate,
    min(case when is_cancellation then line_number end) as first_cancellation,
    min(case when quantity = min_quantity then line_number end) as min_quantity_at,
    min(case when quantity = max_quantity then line_number end) as max_quantity_at,
    min(case when unit_price = min_unit_price then line_number end) as min_unit_price_at,
    min(case when unit_price = max_unit_price then line_number end) as max_unit_price_at,
    min(case when amount = min_amount then line_number end) as min_amount_at,
    min(case when amount = max_amount then line_number end) as max_amount_at
  from source_lines
  cross join extremes
  group by source
),

places as (
  select
    cast(min(lpad(cast(first_missing_customer as varchar), 12, '0') || ' ' || source) as varchar) as first_missing_customer,
    cast(min(lpad(cast(first_duplicate as varchar), 12, '0') || ' ' || source) as varchar) as first_duplicate,
    cast(min(lpad(cast(first_cancellation as varchar), 12, '0') || ' ' || source) as varchar) as first_cancellation,
    cast(min(lpad(cast(min_quantity_at as varchar), 12, '0') || ' ' || source) as varchar) as min_quantity_at,
    cast(min(lpad(cast(max_quantity_at as varchar), 12, '0') || ' ' || source) as varchar) as max_quantity_at,
    cast(min(lpad(cast(min_unit_price_at as varchar), 12, '0') || ' ' || source) as varchar) as min_unit_price_at,
    cast(min(lpad(cast(max_unit_price_at as varchar), 12, '0') || ' ' || source) as varchar) as max_unit_price_at,
    cast(min(lpad(cast(min_amount_at as varchar), 12, '0') || ' ' || source) as varchar) as min_amount_at,
    cast(min(lpad(cast(max_amount_at as varchar), 12, '0') || ' ' || source) as varchar) as max_amount_at
  from first_lines
),

profile as (
  select
    cast(count(*) as bigint) as row_count,
    cast(count(distinct customer_id) as bigint) as customers,
    cast(count(distinct order_id) as bigint) as orders,
    cast(count(distinct product_id) as bigint) as products,
    cast(count(distinct country) as bigint) as countries,
    cast(count(distinct currency) as bigint) as currencies,
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
),

whole_profile as (
  select *
  from profile
  cross join extremes
  cross join places
  cross join calendar
)

select * from whole_profile
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
