-- Grain: one row per order status of the live history as of a moment that does something to its lines, with what it does.
unload (
with {{> live_ingests}},

live_statuses as (
  select distinct transactions.order_status
  from transactions
  inner join live_ingests
    on transactions.ingest_id = live_ingests.ingest_id
    and transactions.source = live_ingests.source
  where transactions.order_status is not null
),

judged_statuses as (
  select
    cast(order_status as varchar) as order_status,
    cast({{> status_reason}} as varchar) as status_reason
  from live_statuses
),

telling_statuses as (
  select *
  from judged_statuses
  where status_reason is not null
)

select * from telling_statuses order by order_status
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
