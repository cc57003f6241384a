-- source_lines: every line of one ingest, committed or not. Whether another source has its order, and which return belongs
-- to it, is the history's business.
source_lines as (
  select
    *,
    false as is_superseded,
    {{> unmatched_columns}}
  from transactions
  where ingest_id = '{{ingest_id}}'
)
