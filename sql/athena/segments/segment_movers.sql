-- Grain: one row per named segment, list and customer: of every segment the 25 who spent most among those who came into it since the
-- run before ("in"), and among those who left it ("out"). Figures are this run's, and the money of the run before where this one does
-- not have the customer any more.
unload (
with {{> movements}},

moved as (
  select
    movements.customer_id,
    movements.segment_from,
    movements.segment_to,
    movements.threshold_only,
    case when movements.segment_to is null then movements.monetary_before else movements.monetary_after end as monetary
  from movements
  where movements.segment_from is distinct from movements.segment_to
),

ends as (
  select 'in' as list_name, segment_to as rfm_segment, segment_from as other_segment, customer_id, threshold_only, monetary
  from moved
  where segment_to is not null
  union all
  select 'out' as list_name, segment_from as rfm_segment, segment_to as other_segment, customer_id, threshold_only, monetary
  from moved
  where segment_from is not null
),

ranked as (
  select
    *,
    row_number() over (partition by rfm_segment, list_name order by monetary desc, customer_id) as list_rank,
    count(*) over (partition by rfm_segment, list_name) as list_customers
  from ends
),

figures as (
  select customer_id, recency_days, frequency, r_score, f_score, m_score
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

segment_movers as (
  select
    cast(ranked.rfm_segment as varchar) as rfm_segment,
    cast(ranked.list_name as varchar) as list_name,
    cast(ranked.list_rank as bigint) as list_rank,
    cast(ranked.list_customers as bigint) as list_customers,
    cast(ranked.customer_id as varchar) as customer_id,
    cast(ranked.other_segment as varchar) as other_segment,
    cast(ranked.threshold_only as boolean) as is_threshold_only,
    cast(figures.recency_days as bigint) as recency_days,
    cast(figures.frequency as bigint) as frequency,
    cast(ranked.monetary as decimal(18, 4)) as monetary,
    cast(figures.r_score as integer) as r_score,
    cast(figures.f_score as integer) as f_score,
    cast(figures.m_score as integer) as m_score
  from ranked
  left join figures on ranked.customer_id = figures.customer_id
  where ranked.list_rank <= 25
)

select * from segment_movers order by rfm_segment, list_name, list_rank
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
