-- Grain: one row per tenth of P(alive) and cell of the money spent on a logarithmic axis, as customer_map has it: a map of any number of
-- customers who are forecast.
unload (
with customers as (
  select
    case when p_alive >= 1e0 then 9e0 else floor(p_alive * 1e1) end as alive_cell,
    case
      when monetary >= 0 then floor(ln(1e0 + cast(monetary as double)) * 2e0)
      else -1e0 - floor(ln(1e0 - cast(monetary as double)) * 2e0)
    end as monetary_cell,
    monetary,
    is_late,
    expected_value_90d
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
    and p_alive is not null
),

cells as (
  select
    cast(alive_cell as integer) as alive_cell,
    cast(monetary_cell as integer) as monetary_cell,
    cast(count(*) as bigint) as customers,
    cast(count(case when is_late then 1 end) as bigint) as late_customers,
    cast(sum(monetary) as decimal(18, 4)) as revenue,
    cast(coalesce(sum(expected_value_90d), 0) as decimal(18, 4)) as expected_value_90d
  from customers
  group by alive_cell, monetary_cell
)

select * from cells order by alive_cell, monetary_cell
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
