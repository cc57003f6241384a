-- shared_lines: groups of lines that a source of this ingest has in common with another source: the same customer, order, moment,
-- product, quantity and amount. An order that is one line in both is the same order whatever its amount: the later file has
-- it corrected. Descriptions and the like do not matter: another encoding
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
    transactions.order_id,
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

counted_others as (
  select
    *,
    order_id is not null
      and count(*) over (partition by ingest_id, source, order_key, cast(ordered_at as date)) = 1 as is_whole_order
  from other_lines
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
    transactions.order_id,
    count(*) as line_count
  from transactions
  cross join other_span
  where transactions.ingest_id = '{{ingest_id}}'
    and transactions.invalid_reason is null
    and transactions.ordered_at between other_span.first_ordered_at and other_span.last_ordered_at
  group by 1, 2, 3, 4, 5, 6, 7, 8
),

counted_groups as (
  select
    *,
    order_id is not null
      and sum(line_count) over (partition by source, order_key, cast(ordered_at as date)) = 1 as is_whole_order
  from own_groups
),

paired_lines as (
  select
    counted_groups.*,
    counted_others.ingest_id as other_ingest_id,
    counted_others.source as other_source,
    counted_others.is_whole_order as is_other_whole_order,
    counted_others.amount = counted_groups.amount
      and coalesce(counted_others.quantity, 0) = coalesce(counted_groups.quantity, 0) as is_equal
  from counted_others
  inner join counted_groups
    on counted_others.ordered_at = counted_groups.ordered_at
    and counted_others.order_key = counted_groups.order_key
    and counted_others.customer_text = counted_groups.customer_text
    and counted_others.product_text = counted_groups.product_text
  where counted_others.source <> counted_groups.source
    and (counted_others.ingest_id <> '{{ingest_id}}' or counted_others.source < counted_groups.source)
),

shared_lines as (
  select
    source,
    other_ingest_id,
    other_source,
    order_key,
    ordered_at,
    customer_text,
    product_text,
    quantity,
    amount,
    is_equal,
    line_count as own_count,
    count(*) as other_count
  from paired_lines
  where is_equal or (is_whole_order and is_other_whole_order)
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
)
