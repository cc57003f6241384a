-- Grain: one row per named segment, list and customer: of every segment the 25 who spent most ("top"), and the 25 who spent most among
-- those who are late by their own waits or have left more likely than not ("quiet"). Where the history is too short for a forecast,
-- nobody is quiet.
unload (
with customers as (
  select
    segments.*,
    coalesce(segments.is_late or segments.p_alive < 5e-1, false) as is_quiet
  from segments
  where segments.run_id = '{{run_id}}' and segments.attempt = '{{attempt}}'
),

ranked as (
  select
    *,
    row_number() over (partition by rfm_segment order by monetary desc, customer_id) as top_rank,
    count(*) over (partition by rfm_segment) as top_customers,
    row_number() over (partition by rfm_segment, is_quiet order by monetary desc, customer_id) as quiet_rank,
    count(*) over (partition by rfm_segment, is_quiet) as quiet_customers
  from customers
),

listed as (
  select 'top' as list_name, top_rank as list_rank, top_customers as list_customers, *
  from ranked
  where top_rank <= 25
  union all
  select 'quiet' as list_name, quiet_rank as list_rank, quiet_customers as list_customers, *
  from ranked
  where is_quiet and quiet_rank <= 25
),

segment_customers as (
  select
    cast(rfm_segment as varchar) as rfm_segment,
    cast(list_name as varchar) as list_name,
    cast(list_rank as bigint) as list_rank,
    cast(list_customers as bigint) as list_customers,
    cast(customer_id as varchar) as customer_id,
    cast(recency_days as bigint) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(18, 4)) as monetary,
    cast(r_score as integer) as r_score,
    cast(f_score as integer) as f_score,
    cast(m_score as integer) as m_score,
    cast(p_alive as double) as p_alive,
    cast(is_late as boolean) as is_late,
    cast(expected_value_90d as decimal(18, 4)) as expected_value_90d
  from listed
)

select * from segment_customers order by rfm_segment, list_name, list_rank
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
