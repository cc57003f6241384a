-- Grain: one row per breakpoint of the days between a customer's purchase days and the ones before, over the whole shop: its quantiles
-- at 1/bins, 2/bins, … as score_breakpoints has them. Purchases on or after the cut do not count.
unload (
with purchase_days as (
  select distinct customer_id, order_date
  from orders
  where run_id = '{{run_id}}' and attempt = '{{attempt}}' and order_key is not null and order_date < date '{{cut_date}}'
),

-- Going backwards, the day that follows in the list is the one before it in time.
earlier_days as (
  select
    order_date,
    lead(order_date) over (partition by customer_id order by order_date desc) as previous_date
  from purchase_days
),

feature_values as (
  select
    'interval_days' as measure,
    cast(date_diff('day', previous_date, order_date) as decimal(18, 4)) as value
  from earlier_days
  where previous_date is not null
),

fractions as (
  select 'interval_days' as measure, part, {{recency_bins}} as parts
  from (values (1), (2), (3), (4), (5), (6), (7), (8), (9)) as numbers (part)
  where part < {{recency_bins}}
),

{{> quantile_bounds}},

intervals as (
  select
    cast(measure as varchar) as measure,
    cast(part as integer) as edge_number,
    cast(lower_value as decimal(18, 4)) as lower_value,
    cast(coalesce(upper_value, lower_value) as decimal(18, 4)) as upper_value,
    cast(remainder as integer) as remainder,
    cast(parts as integer) as parts
  from quantile_bounds
)

select * from intervals order by measure, edge_number
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
