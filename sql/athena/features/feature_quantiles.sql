-- Grain: one row per measure and percentile (0, 1, 5, 10, 20, …, 90, 95, 99, 100), with linear interpolation between order statistics.
unload (
with {{> feature_values}},

fractions as (
  select measures.measure, percents.part, 100 as parts
  from (
    values
      (0), (1), (5), (10), (20), (25), (30), (40), (50), (60), (70), (75), (80), (90), (95), (99), (100)
  ) as percents (part)
  cross join (values ('recency_days'), ('frequency'), ('monetary')) as measures (measure)
),

{{> quantile_bounds}},

-- Beyond the last value there is nothing to go towards: the remainder is 0 there.
percentiles as (
  select
    cast(measure as varchar) as measure,
    cast(part as integer) as percentile,
    cast(
      lower_value
        + (coalesce(upper_value, lower_value) - lower_value) * cast(remainder as decimal(3, 0)) * cast('0.01' as decimal(3, 2))
      as double
    ) as quantile,
    cast(customers as bigint) as customers
  from quantile_bounds
)

select * from percentiles order by measure, percentile
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
