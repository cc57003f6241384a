-- superseded_orders: orders of live ingests that a later live ingest has too; the latest version of an order counts.
live_pairs as (
  select
    own.ingest_id as own_ingest_id,
    own.source as own_source,
    other.ingest_id as other_ingest_id,
    other.source as other_source,
    shared_orders.order_key,
    shared_orders.order_date,
    own.committed_at > other.committed_at
      or (own.committed_at = other.committed_at and own.ingest_id > other.ingest_id)
      or (own.ingest_id = other.ingest_id and own.source > other.source) as is_own_later
  from shared_orders
  inner join live_ingests as own
    on shared_orders.ingest_id = own.ingest_id
    and shared_orders.source = own.source
  inner join live_ingests as other
    on shared_orders.other_ingest_id = other.ingest_id
    and shared_orders.other_source = other.source
),

superseded_orders as (
  select distinct
    case when is_own_later then other_ingest_id else own_ingest_id end as ingest_id,
    case when is_own_later then other_source else own_source end as source,
    order_key,
    order_date
  from live_pairs
)
