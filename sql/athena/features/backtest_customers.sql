-- Grain: one row per customer with a purchase before the cut, or per one in so many of them by the order of their ids: recency,
-- frequency and monetary value as build_features would have given them on that day, what its
-- scores are of where that is another measure, and what followed until the snapshot date.
-- From the orders of the run: order_key is missing on returns, and revenue is net of them.
unload (
with run_orders as (
  select customer_id, order_key, order_date, lines, units, revenue, order_date < date '{{cut_date}}' as is_known
  from orders
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

histories as (
  select
    customer_id,
    count(distinct case when is_known then order_key end) as orders,
    count(distinct case when is_known and order_key is not null then order_date end) as active_days,
    sum(case when is_known and order_key is not null then lines else 0 end) as line_count,
    sum(case when is_known then revenue end) as monetary,
    max(case when is_known and order_key is not null then order_date end) as last_purchase,
    count(distinct case when not is_known then order_key end) as holdout_orders,
    sum(case when not is_known then revenue end) as holdout_spend
  from run_orders
  group by customer_id
),

visits as (
  select
    customer_id,
    order_key,
    case when order_key is null then 'return' else 'purchase' end as line_type,
    order_date,
    lines as line_count,
    units,
    revenue as amount
  from run_orders
  where is_known
),

purchase_days as (
  select distinct customer_id, order_date
  from visits
  where line_type = 'purchase'
),

customers as (
  select customer_id
  from histories
  where last_purchase is not null
),

{{> measure_values}},

numbered as (
  select
    *,
    row_number() over (order by customer_id) as customer_number
  from histories
  where last_purchase is not null
),

backtest_customers as (
  select
    cast(numbered.customer_id as varchar) as customer_id,
    cast(date_diff('day', last_purchase, date '{{cut_date}}') as integer) as recency_days,
    cast(
      case '{{frequency_basis}}'
        when 'active_days' then active_days
        when 'lines' then line_count
        else orders
      end as bigint
    ) as frequency,
    cast(monetary as decimal(18, 4)) as monetary,
    cast(holdout_orders as bigint) as holdout_orders,
    cast(coalesce(holdout_spend, 0) as decimal(18, 4)) as holdout_spend,
    cast(measure_1 as decimal(18, 4)) as measure_1,
    cast(measure_2 as decimal(18, 4)) as measure_2,
    cast(measure_3 as decimal(18, 4)) as measure_3
  from numbered
  left join measure_values
    on numbered.customer_id = measure_values.customer_id
  where mod(customer_number, {{sample_modulus}}) = 0
)

select * from backtest_customers order by customer_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
