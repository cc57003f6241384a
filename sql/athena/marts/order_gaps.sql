-- Grain: one row per number of whole weeks between a customer's purchase days, 52 for a year and more: how long people take to come back.
unload (
with {{> run_orders}},

purchase_days as (
  select
    customer_id,
    order_date,
    sum(revenue) as revenue
  from run_orders
  where order_key is not null
  group by customer_id, order_date
),

-- Going backwards, the day that follows in the list is the one before it in time.
earlier_days as (
  select
    customer_id,
    order_date,
    revenue,
    lead(order_date) over (partition by customer_id order by order_date desc) as previous_date
  from purchase_days
),

gaps as (
  select
    customer_id,
    revenue,
    date_diff('day', previous_date, order_date) as gap_days
  from earlier_days
  where previous_date is not null
),

order_gaps as (
  select
    cast(case when gap_days >= 364 then 52 else (gap_days - mod(gap_days, 7)) / 7 end as integer) as weeks_since_previous,
    cast(count(*) as bigint) as purchase_days,
    cast(count(distinct customer_id) as bigint) as customers,
    cast(sum(revenue) as decimal(18, 4)) as revenue
  from gaps
  group by case when gap_days >= 364 then 52 else (gap_days - mod(gap_days, 7)) / 7 end
)

select * from order_gaps order by weeks_since_previous
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
