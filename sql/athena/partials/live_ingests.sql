-- live_ingests: as of {{as_of}}, the latest ingest of each source; a removed source has none.
ranked_ingests as (
  select
    ingest_id,
    source,
    content_hash,
    object_key,
    rows_in,
    committed_at,
    is_removed,
    row_number() over (partition by source order by committed_at desc, ingest_id desc, is_removed desc) as recency_rank
  from ingests
  where committed_at <= timestamp '{{as_of}}'
),

live_ingests as (
  select ingest_id, source, content_hash, object_key, rows_in, committed_at
  from ranked_ingests
  where recency_rank = 1 and not is_removed
)
