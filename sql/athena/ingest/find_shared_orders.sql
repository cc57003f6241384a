-- Grain: one row per order and day that a source of this ingest shares with another source. It means nothing before
-- both are committed, and nothing any more when one of them goes.
insert into shared_orders (ingest_id, source, other_ingest_id, other_source, order_key, order_date)
with {{> shared_lines}},

found as (
  select distinct
    cast('{{ingest_id}}' as varchar) as ingest_id,
    cast(source as varchar) as source,
    cast(other_ingest_id as varchar) as other_ingest_id,
    cast(other_source as varchar) as other_source,
    cast(order_key as varchar) as order_key,
    cast(ordered_at as date) as order_date
  from shared_lines
)

-- Run again after a commit that was reported as failed but took place, it adds nothing.
select *
from found
where not exists (select 1 from shared_orders where ingest_id = '{{ingest_id}}')
