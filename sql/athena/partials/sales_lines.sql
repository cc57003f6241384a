-- sales_lines: kept lines; a return has revenue and nothing else of a purchase.
sales_lines as (
  select
    category,
    product_id,
    description,
    order_key,
    case when order_key is not null then customer_id end as buyer_id,
    case when order_key is not null then 1 else 0 end as lines,
    case when order_key is not null then quantity end as units,
    line_value as revenue
  from kept_lines
)
