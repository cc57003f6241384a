-- quantiles: each of `fractions` (percent) of every measure in feature_values. The rank wanted is (n - 1) × percent / 100,
-- counted from 0; its whole part names an order statistic, the rest interpolates.
value_counts as (
  select
    measure,
    cast(value as decimal(24, 4)) as value,
    count(*) as value_count
  from feature_values
  group by measure, value
),

cumulative_counts as (
  select
    measure,
    value,
    sum(value_count) over (partition by measure order by value rows unbounded preceding) as values_up_to,
    sum(value_count) over (partition by measure) as customers
  from value_counts
),

ranks as (
  select
    cumulative_counts.measure,
    cumulative_counts.value,
    cumulative_counts.values_up_to,
    cumulative_counts.customers,
    fractions.percent,
    (cumulative_counts.customers - 1) * fractions.percent / 100 as lower_rank,
    mod((cumulative_counts.customers - 1) * fractions.percent, 100) as hundredths
  from cumulative_counts
  cross join fractions
),

quantile_bounds as (
  select
    measure,
    percent,
    max(customers) as customers,
    max(hundredths) as hundredths,
    min(case when values_up_to > lower_rank then value end) as lower_value,
    min(case when values_up_to > lower_rank + 1 then value end) as upper_value
  from ranks
  group by measure, percent
),

-- Beyond the last value there is nothing to go towards: the remainder is 0 there.
quantiles as (
  select
    measure,
    percent,
    customers,
    lower_value
      + (coalesce(upper_value, lower_value) - lower_value) * cast(hundredths as decimal(3, 0)) * cast('0.01' as decimal(3, 2)) as quantile
  from quantile_bounds
)
