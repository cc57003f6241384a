-- features: what a customer is by the lines that count, and counted_lines, visits and customers on the way there.
-- Kept lines; beside them the returns that the policy leaves out, and the purchases that came back whole.
counted_lines as (
  select
    customer_id,
    case when drop_reason is null and line_type = 'purchase' then line_order end as order_key,
    case when drop_reason is null then line_type else 'left_out' end as line_type,
    order_date,
    kept_quantity,
    case when drop_reason is null then line_value end as line_value,
    returned_worth,
    return_value
  from order_lines
  where drop_reason is null or drop_reason = 'returned' or return_value > 0
),

-- Few rows: an order of one day. Distinct counts are cheap from here on.
visits as (
  select
    customer_id,
    order_key,
    line_type,
    order_date,
    count(*) as line_count,
    sum(kept_quantity) as units,
    sum(line_value) as amount,
    sum(return_value) as return_value,
    sum(returned_worth) as returned_worth
  from counted_lines
  group by customer_id, order_key, line_type, order_date
),

customers as (
  select
    customer_id,
    count(distinct order_key) as orders,
    count(distinct case when line_type = 'purchase' then order_date end) as active_days,
    sum(case when line_type = 'purchase' then line_count else 0 end) as line_count,
    sum(case when line_type = 'purchase' then units end) as units,
    sum(amount) as monetary,
    sum(return_value) as returns_amount,
    sum(case '{{returns}}' when 'drop' then 0 when 'match' then returned_worth else return_value end) as returns_taken_off,
    min(case when line_type = 'purchase' then order_date end) as first_purchase,
    max(case when line_type = 'purchase' then order_date end) as last_purchase
  from visits
  group by customer_id
),

-- Money after the day of the first purchase: what the forecast takes a customer's mean amount from.
repeats as (
  select
    visits.customer_id,
    sum(visits.amount) as repeat_monetary
  from visits
  inner join customers
    on visits.customer_id = customers.customer_id
  where visits.order_date > customers.first_purchase
  group by visits.customer_id
),

counted as (
  select
    customers.*,
    repeats.repeat_monetary,
    case '{{frequency_basis}}'
      when 'active_days' then active_days
      when 'lines' then line_count
      else orders
    end as frequency
  from customers
  left join repeats
    on customers.customer_id = repeats.customer_id
  where customers.last_purchase is not null
),

features as (
  select
    cast(customer_id as varchar) as customer_id,
    cast(date_diff('day', last_purchase, date '{{snapshot_date}}') as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(18, 4)) as monetary,
    cast(first_purchase as date) as first_purchase,
    cast(last_purchase as date) as last_purchase,
    cast(active_days as bigint) as active_days,
    cast(line_count as bigint) as lines,
    cast(coalesce(units, 0) as decimal(18, 4)) as units,
    cast(coalesce(returns_amount, 0) as decimal(18, 4)) as returns_amount,
    cast(cast(monetary as double) / cast(nullif(orders, 0) as double) as double) as average_order_value,
    cast(date_diff('day', first_purchase, date '{{snapshot_date}}') as integer) as tenure_days,
    cast(coalesce(repeat_monetary, 0) as decimal(18, 4)) as repeat_monetary,
    cast(coalesce(returns_taken_off, 0) as decimal(18, 4)) as returns_taken_off
  from counted
)
