-- Grain: one row per segment and combination of the three scores that has customers: rules may part those of equal scores.
unload (
with customers as (
  select *
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

cells as (
  select
    cast(r_score as integer) as r_score,
    cast(f_score as integer) as f_score,
    cast(m_score as integer) as m_score,
    cast(count(*) as bigint) as customers,
    cast(sum(monetary) as decimal(18, 4)) as revenue,
    cast(rfm_segment as varchar) as rfm_segment
  from customers
  group by r_score, f_score, m_score, rfm_segment
)

select * from cells order by r_score, f_score, m_score, rfm_segment
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
