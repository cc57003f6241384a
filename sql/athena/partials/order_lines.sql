-- order_lines: judged_lines under the run's policy. drop_reason is the first reason that applies (NULL = kept);
-- line_value is what the line adds to the customer's total: a return never adds, whatever sign its file gives it.
dated_lines as (
  select
    *,
    cast(ordered_at as date) as order_date,
    -- Some systems write a return with both signs turned: the product is positive all the same.
    quantity < 0 and unit_price < 0 as is_doubly_negative
  from judged_lines
),

typed_lines as (
  select
    *,
    case
      when '{{returns}}' = 'net' and (is_cancellation or quantity <= 0 or amount <= 0 or status_reason = 'status_return') then 'return'
      else 'purchase'
    end as line_type
  from dated_lines
),

order_lines as (
  select
    *,
    case when line_type = 'return' or status_reason = 'status_return' or is_doubly_negative then -abs(amount) else amount end as line_value,
    case
      when status_reason = 'status_left_out' then status_reason
      when invalid_reason is not null then invalid_reason
      when order_date < date '{{earliest_date}}' or order_date > date '{{latest_date}}' then 'date_out_of_range'
      when '{{overlap}}' <> 'keep' and is_superseded then 'superseded_order'
      when customer_id is null then 'missing_customer'
      when status_reason is not null and (status_reason <> 'status_return' or '{{returns}}' = 'drop') then status_reason
      when '{{returns}}' = 'drop' and is_cancellation then 'cancellation'
      when '{{returns}}' = 'drop' and quantity <= 0 then 'non_positive_quantity'
      when '{{returns}}' <> 'count' and unit_price <= 0 and not is_doubly_negative then 'non_positive_price'
      when '{{returns}}' = 'drop' and amount <= 0 then 'non_positive_amount'
      when {{drop_non_products}} and regexp_like(product_id, '{{non_product_pattern}}') then 'non_product'
      when '{{duplicates}}' = 'drop' and is_duplicate then 'duplicate'
      when order_date < date '{{window_start}}' then 'before_window'
      when order_date >= date '{{snapshot_date}}' then 'on_or_after_snapshot'
    end as drop_reason
  from typed_lines
)
