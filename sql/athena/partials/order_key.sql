coalesce(
      transactions.order_id,
      coalesce(transactions.customer_id, '') || ' | ' || coalesce(transactions.product_id, '') || ' | '
        || coalesce(cast(transactions.quantity as varchar), '') || ' | ' || cast(transactions.amount as varchar)
    )
