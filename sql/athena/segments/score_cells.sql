-- Grain: one row per combination of the three scores that has customers.
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
    cast(sum(monetary) as decimal(18, 4)) as revenue
  from customers
  group by r_score, f_score, m_score
)

select * from cells order by r_score, f_score, m_score
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
