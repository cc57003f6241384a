-- Grain: one row per customer worth a call: the twenty who have brought the most, net of all that came back, among those who are
-- late by their own waits or have left more likely than not. Where the history is too short for a forecast: none.
unload (
with customers as (
  select
    segments.customer_id,
    segments.rfm_segment,
    segments.recency_days,
    segments.frequency,
    features.monetary + features.returns_taken_off - features.returns_amount as net_monetary,
    segments.p_alive,
    segments.is_late,
    segments.expected_value_90d
  from segments
  inner join features on segments.customer_id = features.customer_id
  where segments.run_id = '{{run_id}}' and segments.attempt = '{{attempt}}'
    and features.run_id = '{{run_id}}' and features.attempt = '{{attempt}}'
    and (segments.is_late or segments.p_alive < 5e-1)
),

ranked as (
  select
    *,
    row_number() over (order by net_monetary desc, customer_id) as call_rank
  from customers
  where net_monetary > 0
),

worth_a_call as (
  select
    cast(call_rank as bigint) as call_rank,
    cast(customer_id as varchar) as customer_id,
    cast(rfm_segment as varchar) as rfm_segment,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(net_monetary as decimal(18, 4)) as net_monetary,
    cast(p_alive as double) as p_alive,
    cast(is_late as boolean) as is_late,
    cast(expected_value_90d as decimal(18, 4)) as expected_value_90d
  from ranked
  where call_rank <= 20
)

select * from worth_a_call order by call_rank
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
