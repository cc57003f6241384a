-- Grain: one row per measure and percentile (0, 1, 5, 10, 20, …, 90, 95, 99, 100), interpolated as the score edges are.
unload (
with {{> feature_values}},

fractions as (
  select percent
  from (
    values
      (0), (1), (5), (10), (20), (25), (30), (40), (50), (60), (70), (75), (80), (90), (95), (99), (100)
  ) as percents (percent)
),

{{> quantiles}},

percentiles as (
  select
    cast(measure as varchar) as measure,
    cast(percent as integer) as percentile,
    cast(quantile as double) as quantile,
    cast(customers as bigint) as customers
  from quantiles
)

select * from percentiles order by measure, percentile
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
