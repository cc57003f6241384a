-- purchase_days, rhythms, weekends and baskets: what wide_features adds to features, one row per customer each but the first.
purchase_days as (
  select distinct customer_id, order_date
  from visits
  where line_type = 'purchase'
),

gaps as (
  select
    customer_id,
    date_diff('day', order_date, lead(order_date) over (partition by customer_id order by order_date)) as gap_days
  from purchase_days
),

-- Whole numbers up to the last step, so that both engines come to the same double.
rhythms as (
  select
    customer_id,
    cast(count(gap_days) as double) as gap_count,
    cast(sum(gap_days) as double) as gap_sum,
    cast(sum(gap_days * gap_days) as double) as gap_squares
  from gaps
  group by customer_id
),

weekends as (
  select
    customer_id,
    cast(count(distinct case when day_of_week(order_date) >= 6 then order_key end) as double) as weekend_orders
  from visits
  group by customer_id
),

-- Of the lines that were bought; a line without a value of a column is no line in any of its values.
valued_lines as (
  select
    customer_id,
    product_id,
    case '{{share_column_1}}' when 'category' then category when 'country' then country when 'payment_method' then payment_method end as value_1,
    case '{{share_column_2}}' when 'category' then category when 'country' then country when 'payment_method' then payment_method end as value_2,
    case '{{share_column_3}}' when 'category' then category when 'country' then country when 'payment_method' then payment_method end as value_3,
    case '{{share_column_4}}' when 'category' then category when 'country' then country when 'payment_method' then payment_method end as value_4,
    case '{{share_column_5}}' when 'category' then category when 'country' then country when 'payment_method' then payment_method end as value_5,
    case '{{share_column_6}}' when 'category' then category when 'country' then country when 'payment_method' then payment_method end as value_6
  from order_lines
  where drop_reason is null and line_type = 'purchase'
),

baskets as (
  select
    customer_id,
    count(distinct product_id) as distinct_products,
    cast(count(case when value_1 = '{{share_value_1}}' then 1 end) as double) / cast(nullif(count(value_1), 0) as double) as share_1,
    cast(count(case when value_2 = '{{share_value_2}}' then 1 end) as double) / cast(nullif(count(value_2), 0) as double) as share_2,
    cast(count(case when value_3 = '{{share_value_3}}' then 1 end) as double) / cast(nullif(count(value_3), 0) as double) as share_3,
    cast(count(case when value_4 = '{{share_value_4}}' then 1 end) as double) / cast(nullif(count(value_4), 0) as double) as share_4,
    cast(count(case when value_5 = '{{share_value_5}}' then 1 end) as double) / cast(nullif(count(value_5), 0) as double) as share_5,
    cast(count(case when value_6 = '{{share_value_6}}' then 1 end) as double) / cast(nullif(count(value_6), 0) as double) as share_6
  from valued_lines
  group by customer_id
)
