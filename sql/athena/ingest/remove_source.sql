-- Grain: one row, which takes a source out of the history from removed_at on; dropping the file again brings it back.
insert into ingests (ingest_id, source, content_hash, object_key, rows_in, committed_at, is_removed)
select
  cast('{{ingest_id}}' as varchar) as ingest_id,
  cast('{{source}}' as varchar) as source,
  cast(null as varchar) as content_hash,
  cast(null as varchar) as object_key,
  cast(0 as bigint) as rows_in,
  cast(timestamp '{{removed_at}}' as timestamp(6)) as committed_at,
  cast(true as boolean) as is_removed
where not exists (select 1 from ingests where ingest_id = '{{ingest_id}}')
