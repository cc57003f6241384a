-- Grain: one row per source of this ingest and other live source (or source of the same drop) that has some of its
-- lines. Lines are valid ones; identical_lines counts copies on both sides, order_lines what the other has of the orders shared.
unload (
with {{> shared_lines}},

own_counts as (
  select source, count(*) as line_count
  from transactions
  where ingest_id = '{{ingest_id}}' and invalid_reason is null
  group by source
),

-- A source that this drop brings anew takes the place of its earlier self.
rivals as (
  select shared_lines.*
  from shared_lines
  left join live_ingests
    on shared_lines.other_ingest_id = live_ingests.ingest_id
    and shared_lines.other_source = live_ingests.source
  left join own_counts as replaced on shared_lines.other_source = replaced.source
  where shared_lines.other_ingest_id = '{{ingest_id}}' or (live_ingests.source is not null and replaced.source is null)
),

shared_days as (
  select distinct source, other_ingest_id, other_source, order_key, cast(ordered_at as date) as order_date
  from rivals
),

pairs as (
  select
    source,
    other_ingest_id,
    other_source,
    count(distinct order_key) as shared_orders,
    sum(case when not is_equal then 0 when own_count < other_count then own_count else other_count end) as identical_lines,
    sum(amount * case when not is_equal then 0 when own_count < other_count then own_count else other_count end)
      as identical_amount
  from rivals
  group by source, other_ingest_id, other_source
),

order_counts as (
  select
    shared_days.source,
    shared_days.other_ingest_id,
    shared_days.other_source,
    count(*) as line_count
  from transactions
  inner join shared_days
    on transactions.ingest_id = shared_days.other_ingest_id
    and transactions.source = shared_days.other_source
    and cast(transactions.ordered_at as date) = shared_days.order_date
    and {{> order_key}} = shared_days.order_key
  where transactions.invalid_reason is null
  group by shared_days.source, shared_days.other_ingest_id, shared_days.other_source
),

other_counts as (
  select
    transactions.ingest_id,
    transactions.source,
    count(*) as line_count
  from transactions
  inner join (select distinct other_ingest_id, other_source from pairs) as others
    on transactions.ingest_id = others.other_ingest_id
    and transactions.source = others.other_source
  where transactions.invalid_reason is null
  group by transactions.ingest_id, transactions.source
),

overlap as (
  select
    cast(pairs.source as varchar) as source,
    cast(pairs.other_ingest_id as varchar) as other_ingest_id,
    cast(pairs.other_source as varchar) as other_source,
    cast(pairs.shared_orders as bigint) as shared_orders,
    cast(pairs.identical_lines as bigint) as identical_lines,
    cast(cast(pairs.identical_amount as decimal(38, 4)) as varchar) as identical_amount,
    cast(own_counts.line_count as bigint) as own_lines,
    cast(other_counts.line_count as bigint) as other_lines,
    cast(order_counts.line_count as bigint) as order_lines
  from pairs
  inner join own_counts on pairs.source = own_counts.source
  inner join other_counts
    on pairs.other_ingest_id = other_counts.ingest_id
    and pairs.other_source = other_counts.source
  inner join order_counts
    on pairs.source = order_counts.source
    and pairs.other_ingest_id = order_counts.other_ingest_id
    and pairs.other_source = order_counts.other_source
)

select * from overlap order by source, other_source, other_ingest_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
