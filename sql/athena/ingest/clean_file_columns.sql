-- Grain: one row per raw line of one ingest, as clean_transactions has it, with what the columns hold that the settings name
-- (fileColumns). Asked for in its place where they name any.
insert into transactions (
  ingest_id, source, line_number, customer_id, order_id, ordered_at, product_id, description, quantity, unit_price,
  amount, country, currency, order_status, category, payment_method, is_cancellation, is_duplicate, invalid_reason,
  invalid_value, file_columns
)
with {{> clean_lines}}

-- Run again after a commit that was reported as failed but took place, it adds nothing.
select
  clean_lines.*,
  cast(raw_rows.file_columns as varchar) as file_columns
from clean_lines
inner join raw_rows
  on clean_lines.source = raw_rows.source
  and clean_lines.line_number = raw_rows.line_number
where raw_rows.ingest_id = '{{ingest_id}}'
  and not exists (select 1 from transactions where ingest_id = '{{ingest_id}}')
