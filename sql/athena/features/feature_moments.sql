-- Grain: one row per feature and transform (identity, log1p, asinh of value / scale). The transformed value is rounded
-- to a fixed number of decimals and summed exactly, so the sums do not depend on the order of rows or files; means and
-- variances are computed from them outside, in whole numbers. Sums are decimal text.
-- Room: logarithms stay below 100, so a thousand million squares with 24 decimals fit in 38 digits; untransformed values
-- keep 4 decimals. defined_rows is smaller than row_count where customers have no value, and where log1p does not exist
-- (value <= -1).
unload (
with run_features as (
  select
    recency_days, frequency, monetary, active_days, lines, units, returns_amount, average_order_value, tenure_days,
    lifetime_days, gap_days_mean, gap_days_spread, lines_per_order, distinct_products, returns_share, weekend_share,
    share_1, share_2, share_3, share_4, share_5, share_6, measure_1, measure_2, measure_3, measure_4, measure_5, measure_6
  from features
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

wanted_features as (
  select feature
  from (
    values
      ('recency_days'), ('frequency'), ('monetary'), ('active_days'), ('lines'), ('units'), ('returns_amount'),
      ('average_order_value'), ('tenure_days'), ('lifetime_days'), ('gap_days_mean'), ('gap_days_spread'),
      ('lines_per_order'), ('distinct_products'), ('returns_share'), ('weekend_share'), ('share_1'), ('share_2'),
      ('share_3'), ('share_4'), ('share_5'), ('share_6'), ('measure_1'), ('measure_2'), ('measure_3'), ('measure_4'),
      ('measure_5'), ('measure_6')
  ) as known_features (feature)
  where strpos(',{{feature_names}},', ',' || feature || ',') > 0
),

-- Wide enough for Trino to turn it into the nearest double; with up to 18 digits it rounds twice.
exact_values as (
  select
    wanted_features.feature,
    case wanted_features.feature
      when 'recency_days' then cast(run_features.recency_days as decimal(38, 4))
      when 'frequency' then cast(run_features.frequency as decimal(38, 4))
      when 'monetary' then cast(run_features.monetary as decimal(38, 4))
      when 'active_days' then cast(run_features.active_days as decimal(38, 4))
      when 'lines' then cast(run_features.lines as decimal(38, 4))
      when 'units' then cast(run_features.units as decimal(38, 4))
      when 'returns_amount' then cast(run_features.returns_amount as decimal(38, 4))
      when 'tenure_days' then cast(run_features.tenure_days as decimal(38, 4))
      when 'lifetime_days' then cast(run_features.lifetime_days as decimal(38, 4))
      when 'distinct_products' then cast(run_features.distinct_products as decimal(38, 4))
      when 'measure_1' then cast(run_features.measure_1 as decimal(38, 4))
      when 'measure_2' then cast(run_features.measure_2 as decimal(38, 4))
      when 'measure_3' then cast(run_features.measure_3 as decimal(38, 4))
      when 'measure_4' then cast(run_features.measure_4 as decimal(38, 4))
      when 'measure_5' then cast(run_features.measure_5 as decimal(38, 4))
      when 'measure_6' then cast(run_features.measure_6 as decimal(38, 4))
    end as exact_value,
    case wanted_features.feature
      when 'average_order_value' then run_features.average_order_value
      when 'gap_days_mean' then run_features.gap_days_mean
      when 'gap_days_spread' then run_features.gap_days_spread
      when 'lines_per_order' then run_features.lines_per_order
      when 'returns_share' then run_features.returns_share
      when 'weekend_share' then run_features.weekend_share
      when 'share_1' then run_features.share_1
      when 'share_2' then run_features.share_2
      when 'share_3' then run_features.share_3
      when 'share_4' then run_features.share_4
      when 'share_5' then run_features.share_5
      when 'share_6' then run_features.share_6
    end as ratio
  from run_features
  cross join wanted_features
),

-- The engines round doubles to decimals in ways of their own, so doubles are rounded to whole units before.
feature_values as (
  select
    feature,
    coalesce(ratio, cast(exact_value as double)) as value,
    cast(
      coalesce(exact_value, cast(floor(ratio * 1e4 + 5e-1) as bigint) * cast('0.0001' as decimal(5, 4))) as decimal(19, 4)
    ) as identity_value
  from exact_values
),

-- asinh is odd: computed on the absolute value, for x + sqrt(x² + 1) cancels when x is very negative.
transformed_values as (
  select
    feature,
    value,
    identity_value,
    cast(
      cast(floor(case when value > -1 then ln(1 + value) end * 1e12 + 5e-1) as bigint) * cast('0.000000000001' as decimal(13, 12))
      as decimal(19, 12)
    ) as log1p_value,
    cast(
      case when value < 0 then -1 else 1 end
      * cast(
        floor(
          ln(abs(value) / {{asinh_scale}} + sqrt((value / {{asinh_scale}}) * (value / {{asinh_scale}}) + 1)) * 1e12 + 5e-1
        ) as bigint
      )
      * cast('0.000000000001' as decimal(13, 12))
      as decimal(19, 12)
    ) as asinh_value
  from feature_values
),

sums as (
  select
    feature,
    count(*) as row_count,
    count(value) as known_rows,
    count(log1p_value) as log1p_rows,
    min(value) as min_value,
    max(value) as max_value,
    sum(identity_value) as identity_sum,
    sum(identity_value * identity_value) as identity_squares,
    sum(log1p_value) as log1p_sum,
    sum(log1p_value * log1p_value) as log1p_squares,
    sum(asinh_value) as asinh_sum,
    sum(asinh_value * asinh_value) as asinh_squares
  from transformed_values
  group by feature
),

transforms as (
  select transform
  from (values ('identity'), ('log1p'), ('asinh')) as transforms (transform)
),

moments as (
  select
    cast(sums.feature as varchar) as feature,
    cast(transforms.transform as varchar) as transform,
    cast(sums.row_count as bigint) as row_count,
    cast(case when transforms.transform = 'log1p' then sums.log1p_rows else sums.known_rows end as bigint) as defined_rows,
    cast(
      case transforms.transform
        when 'identity' then cast(cast(coalesce(sums.identity_sum, 0) as decimal(38, 4)) as varchar)
        when 'log1p' then cast(cast(coalesce(sums.log1p_sum, 0) as decimal(38, 12)) as varchar)
        else cast(cast(coalesce(sums.asinh_sum, 0) as decimal(38, 12)) as varchar)
      end as varchar
    ) as sum,
    cast(
      case transforms.transform
        when 'identity' then cast(cast(coalesce(sums.identity_squares, 0) as decimal(38, 8)) as varchar)
        when 'log1p' then cast(cast(coalesce(sums.log1p_squares, 0) as decimal(38, 24)) as varchar)
        else cast(cast(coalesce(sums.asinh_squares, 0) as decimal(38, 24)) as varchar)
      end as varchar
    ) as sum_of_squares,
    cast(sums.min_value as double) as min_value,
    cast(sums.max_value as double) as max_value
  from sums
  cross join transforms
)

select * from moments order by feature, transform
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
