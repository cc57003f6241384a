-- source_lines: every line of one ingest, committed or not.
source_lines as (
  select *
  from transactions
  where ingest_id = '{{ingest_id}}'
)
