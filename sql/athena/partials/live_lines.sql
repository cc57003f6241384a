-- live_lines: every line of the live ingests as of {{as_of}}; is_superseded where a later ingest has the order too.
{{> live_ingests}},

{{> superseded_orders}},

live_lines as (
  select
    transactions.*,
    superseded_orders.order_key is not null as is_superseded
  from transactions
  inner join live_ingests
    on transactions.ingest_id = live_ingests.ingest_id
    and transactions.source = live_ingests.source
  left join superseded_orders
    on transactions.ingest_id = superseded_orders.ingest_id
    and transactions.source = superseded_orders.source
    and cast(transactions.ordered_at as date) = superseded_orders.order_date
    and {{> order_key}} = superseded_orders.order_key
)
