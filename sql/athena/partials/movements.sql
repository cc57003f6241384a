-- movements: one row per customer of this run or of the one before. `rescored` names the segment that a customer of this run has
-- under the edges and the segment table of the one before; where that is where the customer was, only the thresholds moved.
customers_before as (
  select customer_id, rfm_segment, monetary
  from previous_segments
  where previous_run_id = '{{previous_run_id}}' and previous_attempt = '{{previous_attempt}}'
),

segments_now as (
  select customer_id, rfm_segment, monetary
  from segments
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

segments_rescored as (
  select customer_id, rfm_segment as rescored_segment
  from rescored
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

customers_now as (
  select
    segments_now.customer_id,
    segments_now.rfm_segment,
    segments_now.monetary,
    segments_rescored.rescored_segment
  from segments_now
  inner join segments_rescored on segments_now.customer_id = segments_rescored.customer_id
),

movements as (
  select
    coalesce(customers_before.customer_id, customers_now.customer_id) as customer_id,
    customers_before.rfm_segment as segment_from,
    customers_now.rfm_segment as segment_to,
    coalesce(
      customers_before.rfm_segment <> customers_now.rfm_segment
      and customers_before.rfm_segment = customers_now.rescored_segment,
      false
    ) as threshold_only,
    coalesce(customers_before.monetary, 0) as monetary_before,
    coalesce(customers_now.monetary, 0) as monetary_after
  from customers_before
  full outer join customers_now on customers_before.customer_id = customers_now.customer_id
)
