-- Grain: one row per measure and edge: the 20/40/60/80 % quantiles with linear interpolation between order statistics
-- (type 7 of Hyndman and Fan 1996, numpy's default). Equal values are counted, not numbered, and the interpolation is
-- exact decimal arithmetic, so the edges do not depend on any order.
unload (
with {{> feature_values}},

fractions as (
  select percent
  from (values (20), (40), (60), (80)) as percents (percent)
),

{{> quantiles}},

edges as (
  select
    cast(measure as varchar) as measure,
    cast(percent / 20 as integer) as edge_number,
    cast(quantile as double) as edge,
    cast(customers as bigint) as customers
  from quantiles
)

select * from edges order by measure, edge_number
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
