-- quantile_bounds: the order statistics around each of `fractions` (part / parts of a measure) of feature_values. The rank wanted is
-- (n - 1) × part / parts, counted from 0; its whole part names an order statistic, the remainder says how far to go to the next.
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
    fractions.part,
    fractions.parts,
    (cumulative_counts.customers - 1) * fractions.part / fractions.parts as lower_rank,
    mod((cumulative_counts.customers - 1) * fractions.part, fractions.parts) as remainder
  from cumulative_counts
  inner join fractions on cumulative_counts.measure = fractions.measure
),

quantile_bounds as (
  select
    measure,
    part,
    parts,
    max(customers) as customers,
    max(remainder) as remainder,
    min(case when values_up_to > lower_rank then value end) as lower_value,
    min(case when values_up_to > lower_rank + 1 then value end) as upper_value
  from ranks
  group by measure, part, parts
)
