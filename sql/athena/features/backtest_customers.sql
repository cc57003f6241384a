-- Grain: one row per customer with a purchase before the cut, or per one in so many of them by the order of their ids: recency,
-- frequency and monetary value as build_features would have given them on that day, and what followed until the snapshot date.
-- From the orders of the run: order_key is missing on returns, and revenue is net of them.
unload (
with run_orders as (
  select customer_id, order_key, order_date, lines, revenue, order_date < date '{{cut_date}}' as is_known
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

numbered as (
  select
    *,
    row_number() over (order by customer_id) as customer_number
  from histories
  where last_purchase is not null
),

backtest_customers as (
  select
    cast(customer_id as varchar) as customer_id,
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
    cast(coalesce(holdout_spend, 0) as decimal(18, 4)) as holdout_spend
  from numbered
  where mod(customer_number, {{sample_modulus}}) = 0
)

select * from backtest_customers order by customer_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
