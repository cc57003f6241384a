-- feature_values: the features of one attempt as (measure, value), one row per customer and measure.
run_features as (
  select recency_days, frequency, monetary
  from features
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

feature_values as (
  select 'recency_days' as measure, cast(recency_days as decimal(18, 4)) as value from run_features
  union all
  select 'frequency' as measure, cast(frequency as decimal(18, 4)) as value from run_features
  union all
  select 'monetary' as measure, cast(monetary as decimal(18, 4)) as value from run_features
)
