-- Grain: one row per customer, as build_features has it, with what else they can be clustered and scored by. Asked for in its
-- place by runs whose settings choose any of these columns.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},
{{> customer_features}},

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
),

{{> measure_values}},

wide_features as (
  select
    features.*,
    cast(date_diff('day', features.first_purchase, features.last_purchase) as integer) as lifetime_days,
    cast(rhythms.gap_sum / nullif(rhythms.gap_count, 0) as double) as gap_days_mean,
    cast(
      case
        when rhythms.gap_count >= 2
          then sqrt(rhythms.gap_count * rhythms.gap_squares - rhythms.gap_sum * rhythms.gap_sum) / rhythms.gap_count
      end as double
    ) as gap_days_spread,
    cast(cast(features.lines as double) / cast(nullif(customers.orders, 0) as double) as double) as lines_per_order,
    cast(baskets.distinct_products as bigint) as distinct_products,
    cast(
      cast(features.returns_amount as double) / cast(nullif(features.monetary + features.returns_taken_off, 0) as double) as double
    ) as returns_share,
    cast(weekends.weekend_orders / cast(nullif(customers.orders, 0) as double) as double) as weekend_share,
    cast(baskets.share_1 as double) as share_1,
    cast(baskets.share_2 as double) as share_2,
    cast(baskets.share_3 as double) as share_3,
    cast(baskets.share_4 as double) as share_4,
    cast(baskets.share_5 as double) as share_5,
    cast(baskets.share_6 as double) as share_6,
    cast(measure_values.measure_1 as decimal(18, 4)) as measure_1,
    cast(measure_values.measure_2 as decimal(18, 4)) as measure_2,
    cast(measure_values.measure_3 as decimal(18, 4)) as measure_3,
    cast(measure_values.measure_4 as decimal(18, 4)) as measure_4,
    cast(measure_values.measure_5 as decimal(18, 4)) as measure_5,
    cast(measure_values.measure_6 as decimal(18, 4)) as measure_6
  from features
  inner join customers
    on features.customer_id = customers.customer_id
  left join rhythms
    on features.customer_id = rhythms.customer_id
  left join weekends
    on features.customer_id = weekends.customer_id
  left join baskets
    on features.customer_id = baskets.customer_id
  left join measure_values
    on features.customer_id = measure_values.customer_id
)

select * from wide_features order by customer_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
