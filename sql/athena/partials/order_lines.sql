-- order_lines: judged_lines under the run's policy. drop_reason is the first reason that applies (NULL = kept);
-- line_value is what the line adds to the customer's total: a return never adds, whatever sign its file gives it.
-- return_value is what came back by a line, whether the policy takes it off or leaves it out.
dated_lines as (
  select
    *,
    cast(ordered_at as date) as order_date,
    -- Some systems write a return with both signs turned: the product is positive all the same.
    quantity < 0 and unit_price < 0 as is_doubly_negative
  from judged_lines
),

reasoned_lines as (
  select
    *,
    -- What no policy for returns changes, before it and after it.
    case
      when status_reason = 'status_left_out' then status_reason
      when invalid_reason is not null then invalid_reason
      when order_date < date '{{earliest_date}}' or order_date > date '{{latest_date}}' then 'date_out_of_range'
      when '{{overlap}}' <> 'keep' and is_superseded then 'superseded_order'
      when customer_id is null then 'missing_customer'
      when status_reason <> 'status_return' then status_reason
    end as early_reason,
    case
      when status_reason = 'status_return' then status_reason
      when is_cancellation then 'cancellation'
      when quantity <= 0 then 'non_positive_quantity'
      when amount <= 0 then 'non_positive_amount'
    end as return_reason,
    coalesce(unit_price <= 0 and not is_doubly_negative, false) as is_priceless,
    case
      when {{drop_non_products}} and regexp_like(product_id, '{{non_product_pattern}}') then 'non_product'
      when '{{duplicates}}' = 'drop' and is_duplicate then 'duplicate'
      when order_date < date '{{window_start}}' then 'before_window'
      when order_date >= date '{{snapshot_date}}' then 'on_or_after_snapshot'
    end as late_reason
  from dated_lines
),

typed_lines as (
  select
    *,
    case when '{{returns}}' = 'net' and return_reason is not null then 'return' else 'purchase' end as line_type,
    case
      when early_reason is not null then early_reason
      when '{{returns}}' = 'match' and return_reason is not null and returned_quantity is not null then 'matched_return'
      when '{{returns}}' in ('drop', 'match') and return_reason <> 'non_positive_amount' then return_reason
      when '{{returns}}' <> 'count' and is_priceless then 'non_positive_price'
      when '{{returns}}' in ('drop', 'match') and return_reason is not null then return_reason
      when late_reason is not null then late_reason
      when returned_quantity >= coalesce(quantity, 1) then 'returned'
    end as drop_reason
  from reasoned_lines
),

order_lines as (
  select
    *,
    -- A line without an order id belongs to its customer's order of that day.
    coalesce(order_id, customer_id || ' on ' || cast(order_date as varchar)) as line_order,
    cast(quantity - coalesce(returned_quantity, 0) as decimal(18, 4)) as kept_quantity,
    case
      when line_type = 'return' or status_reason = 'status_return' or is_doubly_negative then -abs(amount)
      else cast(amount - coalesce(returned_worth, 0) as decimal(18, 4))
    end as line_value,
    case
      when early_reason is not null or late_reason is not null then null
      when '{{returns}}' <> 'count' and not is_priceless and return_reason is not null then abs(amount)
      when '{{returns}}' = 'count' and (status_reason = 'status_return' or is_doubly_negative or amount < 0) then abs(amount)
    end as return_value
  from typed_lines
)
