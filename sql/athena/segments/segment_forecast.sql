-- Grain: one row per named segment of one run whose customers are forecast: what they are expected to do in the next 90 days, how many of
-- them have not left, and how many are late. Doubles are summed as whole millionths: their own sum depends on an order.
unload (
with forecast_customers as (
  select
    rfm_segment,
    cast(floor(p_alive * 1e6 + 5e-1) as bigint) as alive_millionths,
    cast(floor(expected_orders_90d * 1e6 + 5e-1) as bigint) as order_millionths,
    expected_value_90d,
    is_late
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
    and p_alive is not null
),

segment_forecast as (
  select
    cast(rfm_segment as varchar) as rfm_segment,
    cast(count(*) as bigint) as customers,
    cast(cast(sum(alive_millionths) as double) / 1e6 as double) as alive_customers,
    cast(count(case when is_late then 1 end) as bigint) as late_customers,
    cast(cast(sum(order_millionths) as double) / 1e6 as double) as expected_orders_90d,
    cast(coalesce(sum(expected_value_90d), 0) as decimal(18, 4)) as expected_value_90d,
    cast(coalesce(sum(case when is_late then expected_value_90d end), 0) as decimal(18, 4)) as late_expected_value_90d
  from forecast_customers
  group by rfm_segment
)

select * from segment_forecast order by rfm_segment
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
