-- wide_features: features with what else customers can be clustered and scored by, measure_values among it.
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
