-- Lines without an order are known by their customer there.
delete from shared_orders
where strpos(order_key, '{{customer_id}} | ') = 1
  or {{> erased_identity column="split_part(order_key, ' | ', 1)"}} = '{{customer_id}}'
