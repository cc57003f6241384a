-- Grain: one row per raw line of one ingest, typed and judged but not yet dropped: a policy is applied when the
-- history is read, so it can change without ingesting again.
-- Every cast is behind a pattern, for the engines accept different texts as numbers ('1e5', '1_000', ' 12 ').
insert into transactions (
  ingest_id, source, line_number, customer_id, order_id, ordered_at, product_id, description, quantity, unit_price,
  amount, country, currency, order_status, category, payment_method, is_cancellation, is_duplicate, invalid_reason,
  invalid_value
)
with {{> clean_lines}}

-- Run again after a commit that was reported as failed but took place, it adds nothing.
select *
from clean_lines
where not exists (select 1 from transactions where ingest_id = '{{ingest_id}}')
