cast(null as decimal(18, 4)) as returned_quantity,
    cast(null as decimal(18, 4)) as returned_worth
