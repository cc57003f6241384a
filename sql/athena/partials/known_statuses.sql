-- judged_lines: source_lines with what their status does to them, as the attempt's ingest/history_statuses found it.
judged_lines as (
  select
    source_lines.*,
    order_statuses.status_reason
  from source_lines
  left join order_statuses
    on source_lines.order_status = order_statuses.order_status
    and order_statuses.attempt = '{{attempt}}'
)
