    cast(coalesce(sum(revenue), 0) as decimal(18, 4)) as revenue,
    cast(count(distinct order_key) as bigint) as orders,
    cast(count(distinct buyer_id) as bigint) as customers,
    cast(coalesce(sum(units), 0) as decimal(18, 4)) as units,
    cast(coalesce(sum(lines), 0) as bigint) as lines,
    cast(cast(sum(revenue) as double) / cast(nullif(count(distinct order_key), 0) as double) as double) as average_order_value
