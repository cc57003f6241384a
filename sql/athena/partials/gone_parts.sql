-- gone_parts: live sources of the folders that this ingest brings whole, of which it brings no line any more. None where
-- the drop is no folder: a file by itself takes nothing but its own earlier self out of the history.
brought_sources as (
  select distinct source
  from transactions
  where ingest_id = '{{ingest_id}}'
),

gone_parts as (
  select distinct live_ingests.source, live_ingests.rows_in
  from live_ingests
  inner join dropped_folders on strpos(live_ingests.source, dropped_folders.prefix) = 1
  left join brought_sources on live_ingests.source = brought_sources.source
  where dropped_folders.ingest_id = '{{ingest_id}}' and brought_sources.source is null
)
