-- Grain: one row per named segment and product, and one per product over everybody (segment missing): of each the 15
-- with the most revenue and the 15 with the most units. cancelled_revenue is what the same customers cancelled of it,
-- where the policy leaves cancellations out. From the lines, for an order holds many.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},

customer_products as (
  select
    customer_id,
    product_id,
    sum(case when drop_reason is null then line_value end) as revenue,
    sum(case when drop_reason is null and line_type = 'purchase' then kept_quantity end) as units,
    count(case when drop_reason is null and line_type = 'purchase' then 1 end) as lines,
    sum(case when drop_reason = 'cancellation' then abs(amount) end) as cancelled
  from order_lines
  where (drop_reason is null or drop_reason = 'cancellation') and product_id is not null
  group by customer_id, product_id
),

run_segments as (
  select customer_id, rfm_segment
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

sales as (
  select
    run_segments.rfm_segment,
    customer_products.product_id,
    coalesce(sum(customer_products.revenue), 0) as revenue,
    coalesce(sum(customer_products.units), 0) as units,
    sum(customer_products.lines) as lines,
    count(case when customer_products.lines > 0 then 1 end) as customers,
    coalesce(sum(customer_products.cancelled), 0) as cancelled
  from customer_products
  inner join run_segments on customer_products.customer_id = run_segments.customer_id
  group by grouping sets ((run_segments.rfm_segment, customer_products.product_id), (customer_products.product_id))
),

ranked as (
  select
    *,
    row_number() over (partition by rfm_segment order by revenue desc, product_id) as revenue_rank,
    row_number() over (partition by rfm_segment order by units desc, product_id) as units_rank
  from sales
  where lines > 0
),

top_products as (
  select
    cast(rfm_segment as varchar) as rfm_segment,
    cast(product_id as varchar) as product_id,
    cast(revenue as decimal(18, 4)) as revenue,
    cast(units as decimal(18, 4)) as units,
    cast(lines as bigint) as lines,
    cast(customers as bigint) as customers,
    cast(cancelled as decimal(18, 4)) as cancelled_revenue,
    cast(revenue_rank as bigint) as revenue_rank,
    cast(units_rank as bigint) as units_rank
  from ranked
  where revenue_rank <= 15 or units_rank <= 15
)

select * from top_products order by rfm_segment, revenue_rank
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
