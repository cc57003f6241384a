-- shared_lines: groups of equal lines that a source of this ingest has in common with another source: the same
-- customer, order, moment, product, quantity and amount. Descriptions and the like do not matter: another encoding
-- spells them otherwise. Other ingests count unless the ledger has let go of them: one that is being committed at this
-- moment must be seen by one of the two. Times first, for they leave out nearly all of the history without reading it.
{{> live_ingests}},

ended_ingests as (
  select distinct ingest_id, source
  from ranked_ingests
  where recency_rank > 1 or is_removed
),

own_span as (
  select
    min(ordered_at) as first_ordered_at,
    max(ordered_at) as last_ordered_at,
    max(source) as last_source
  from transactions
  where ingest_id = '{{ingest_id}}' and invalid_reason is null
),

other_lines as (
  select
    transactions.ingest_id,
    transactions.source,
    transactions.ordered_at,
    transactions.quantity,
    transactions.amount,
    coalesce(transactions.customer_id, '') as customer_text,
    coalesce(transactions.product_id, '') as product_text,
    {{> order_key}} as order_key
  from transactions
  cross join own_span
  left join ended_ingests
    on transactions.ingest_id = ended_ingests.ingest_id
    and transactions.source = ended_ingests.source
  where transactions.invalid_reason is null
    and transactions.ordered_at between own_span.first_ordered_at and own_span.last_ordered_at
    and (
      (transactions.ingest_id <> '{{ingest_id}}' and ended_ingests.source is null)
      or (transactions.ingest_id = '{{ingest_id}}' and transactions.source < own_span.last_source)
    )
),

other_span as (
  select
    min(ordered_at) as first_ordered_at,
    max(ordered_at) as last_ordered_at
  from other_lines
),

own_groups as (
  select
    transactions.source,
    transactions.ordered_at,
    transactions.quantity,
    transactions.amount,
    coalesce(transactions.customer_id, '') as customer_text,
    coalesce(transactions.product_id, '') as product_text,
    {{> order_key}} as order_key,
    count(*) as line_count
  from transactions
  cross join other_span
  where transactions.ingest_id = '{{ingest_id}}'
    and transactions.invalid_reason is null
    and transactions.ordered_at between other_span.first_ordered_at and other_span.last_ordered_at
  group by 1, 2, 3, 4, 5, 6, 7
),

shared_lines as (
  select
    own_groups.source,
    other_lines.ingest_id as other_ingest_id,
    other_lines.source as other_source,
    own_groups.order_key,
    own_groups.ordered_at,
    own_groups.customer_text,
    own_groups.product_text,
    own_groups.quantity,
    own_groups.amount,
    own_groups.line_count as own_count,
    count(*) as other_count
  from other_lines
  inner join own_groups
    on other_lines.ordered_at = own_groups.ordered_at
    and other_lines.order_key = own_groups.order_key
    and other_lines.customer_text = own_groups.customer_text
    and other_lines.product_text = own_groups.product_text
    and other_lines.amount = own_groups.amount
    and coalesce(other_lines.quantity, 0) = coalesce(own_groups.quantity, 0)
  where other_lines.source <> own_groups.source
    and (other_lines.ingest_id <> '{{ingest_id}}' or other_lines.source < own_groups.source)
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
)
