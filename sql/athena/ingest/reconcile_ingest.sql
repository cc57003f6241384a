-- Grain: one row per (source, outcome) of one ingest; outcome is 'kept' or the first reason to drop. rows_in repeats
-- the number of raw lines of the source, for the sum of rows over its outcomes to be checked against.
-- Money is exact decimal text. The window and the snapshot belong to the run, not to the ingest, and are left open.
unload (
with {{> ingest_lines}},
{{> judged_statuses}},
{{> order_lines window_start="0001-01-01" snapshot_date="9999-12-31"}},

raw_counts as (
  select
    source,
    count(*) as rows_in
  from raw_rows
  where ingest_id = '{{ingest_id}}'
  group by source
),

outcomes as (
  select
    source,
    coalesce(drop_reason, 'kept') as outcome,
    count(*) as row_count,
    sum(amount) as amount
  from order_lines
  group by source, coalesce(drop_reason, 'kept')
),

reconciliation as (
  select
    cast(coalesce(raw_counts.source, outcomes.source) as varchar) as source,
    cast(coalesce(raw_counts.rows_in, 0) as bigint) as rows_in,
    cast(coalesce(outcomes.outcome, 'lost') as varchar) as outcome,
    cast(coalesce(outcomes.row_count, 0) as bigint) as row_count,
    cast(cast(coalesce(outcomes.amount, 0) as decimal(38, 4)) as varchar) as amount
  from raw_counts
  full outer join outcomes on raw_counts.source = outcomes.source
)

select * from reconciliation order by source, outcome
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
