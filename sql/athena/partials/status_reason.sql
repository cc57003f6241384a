-- status_reason: what the words of a status do to their line; NULL = nothing. Per code point in both engines; what is kept is
-- looked at first, for "partially refunded" is not refunded.
case
  when order_status like 'left out: %' then 'status_left_out'
  when order_status like 'returned: %' then 'status_return'
  when order_status is null or regexp_like(lower(order_status), '{{status_keep_pattern}}') then null
  when regexp_like(lower(order_status), '{{status_return_pattern}}') then 'status_return'
  when regexp_like(lower(order_status), '{{status_cancelled_pattern}}') then 'status_cancelled'
  when regexp_like(lower(order_status), '{{status_refunded_pattern}}') then 'status_refunded'
  when regexp_like(lower(order_status), '{{status_pending_pattern}}') then 'status_pending'
  when regexp_like(lower(order_status), '{{status_failed_pattern}}') then 'status_failed'
  when regexp_like(lower(order_status), '{{status_test_pattern}}') then 'status_test'
end
