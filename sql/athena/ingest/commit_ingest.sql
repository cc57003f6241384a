-- Grain: one row per source of the drop, and one per part that is gone from a folder of it. From here on its rows
-- count; a repeated commit adds nothing.
-- raw_sources holds what Ingest knows of each dropped file.
insert into ingests (ingest_id, source, content_hash, object_key, rows_in, committed_at, is_removed, written_by)
with {{> live_ingests}},

{{> gone_parts}},

sources as (
  select
    source,
    count(*) as rows_in
  from transactions
  where ingest_id = '{{ingest_id}}'
  group by source
),

dropped_files as (
  select source, content_hash, object_key
  from raw_sources
  where ingest_id = '{{ingest_id}}'
),

committed as (
  select distinct source
  from ingests
  where ingest_id = '{{ingest_id}}'
),

new_sources as (
  select
    cast('{{ingest_id}}' as varchar) as ingest_id,
    cast(sources.source as varchar) as source,
    cast(dropped_files.content_hash as varchar) as content_hash,
    cast(dropped_files.object_key as varchar) as object_key,
    cast(sources.rows_in as bigint) as rows_in,
    cast(timestamp '{{committed_at}}' as timestamp(6)) as committed_at,
    cast(false as boolean) as is_removed,
    cast('{{written_by}}' as varchar) as written_by
  from sources
  left join dropped_files on sources.source = dropped_files.source
  left join committed on sources.source = committed.source
  where committed.source is null
),

retired_sources as (
  select
    cast('{{ingest_id}}' as varchar) as ingest_id,
    cast(source as varchar) as source,
    cast(null as varchar) as content_hash,
    cast(null as varchar) as object_key,
    cast(0 as bigint) as rows_in,
    cast(timestamp '{{committed_at}}' as timestamp(6)) as committed_at,
    cast(true as boolean) as is_removed,
    cast('{{written_by}}' as varchar) as written_by
  from gone_parts
)

select * from new_sources
union all
select * from retired_sources
