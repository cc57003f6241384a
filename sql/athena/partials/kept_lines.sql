-- kept_lines: the lines that count. order_key is set on purchases alone, so that count(distinct order_key) never counts a
-- return as an order.
kept_lines as (
  select
    customer_id,
    case when line_type = 'purchase' then line_order end as order_key,
    line_type,
    order_date,
    ordered_at,
    product_id,
    description,
    country,
    category,
    payment_method,
    kept_quantity as quantity,
    line_value
  from order_lines
  where drop_reason is null
)
