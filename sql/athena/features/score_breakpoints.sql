-- Grain: one row per measure and breakpoint between its scores: the quantiles at 1/bins, 2/bins, … with linear interpolation between
-- order statistics (type 7 of Hyndman and Fan 1996, numpy's default). Equal values are counted, not numbered, and the two order
-- statistics are given as they are: the program interpolates exactly, so the breakpoints depend on no order and no engine's division.
unload (
with {{> score_values}},

feature_values as (
  select 'recency_days' as measure, recency_value as value from score_values
  union all
  select 'frequency' as measure, frequency_value as value from score_values
  union all
  select 'monetary' as measure, monetary_value as value from score_values
),

measure_bins as (
  select measure, parts
  from (
    values ('recency_days', {{recency_bins}}), ('frequency', {{frequency_bins}}), ('monetary', {{monetary_bins}})
  ) as measures (measure, parts)
),

fractions as (
  select measure_bins.measure, numbers.part, measure_bins.parts
  from measure_bins
  inner join (values (1), (2), (3), (4), (5), (6), (7), (8), (9)) as numbers (part)
    on numbers.part < measure_bins.parts
),

{{> quantile_bounds}},

edges as (
  select
    cast(measure as varchar) as measure,
    cast(part as integer) as edge_number,
    cast(lower_value as decimal(18, 4)) as lower_value,
    cast(coalesce(upper_value, lower_value) as decimal(18, 4)) as upper_value,
    cast(remainder as integer) as remainder,
    cast(parts as integer) as parts,
    cast(customers as bigint) as customers
  from quantile_bounds
)

select * from edges order by measure, edge_number
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
