-- Grain: one row per purchase line of which something came back, with how much, and one per return line that belongs to
-- a purchase, with zeros. A return belongs to a purchase of the same customer and product, of as many pieces or more, at an equal price,
-- in the same minute or before. Lines of equal pieces and money go first; then the latest purchase that has enough pieces, and where it is
-- used up, the one before.
unload (
with {{> unmatched_lines}},
{{> known_statuses}},
{{> order_lines}},

lines as (
  select
    source,
    line_number,
    customer_id,
    coalesce(product_id, '') as product_key,
    date_trunc('minute', ordered_at) as ordered_minute,
    case when return_reason is not null then 1 else 0 end as is_return,
    cast(coalesce(nullif(abs(quantity), 0), 1) as decimal(18, 4)) as pieces,
    abs(amount) as worth,
    abs(unit_price) as unit_price
  from order_lines
  where early_reason is null
    and not is_priceless
    and amount <> 0
    and coalesce(late_reason, 'before_window') = 'before_window'
),

-- Returns are few: only lines of what a customer has returned are compared.
compared_lines as (
  select
    lines.*,
    -- Files with amounts alone have the price of a piece to the cent.
    coalesce(
      lines.unit_price,
      cast(
        floor(cast(cast(lines.worth as decimal(38, 4)) as double) / cast(cast(lines.pieces as decimal(38, 4)) as double) * 1e2 + 5e-1)
        as bigint
      ) * cast('0.01' as decimal(3, 2))
    ) as price
  from lines
  inner join (
    select customer_id, product_key
    from lines
    where is_return = 1
    group by customer_id, product_key
  ) as returned_products
    on lines.customer_id = returned_products.customer_id
    and lines.product_key = returned_products.product_key
),

-- Read backwards in time: returns wait in a queue, and each purchase takes one of them if there is one.
queued as (
  select
    *,
    sum(is_return) over (
      partition by customer_id, product_key, pieces, worth
      order by ordered_minute desc, is_return desc, source, line_number
      rows between unbounded preceding and current row
    ) as returns_so_far,
    sum(1 - is_return) over (
      partition by customer_id, product_key, pieces, worth
      order by ordered_minute desc, is_return desc, source, line_number
      rows between unbounded preceding and current row
    ) as purchases_so_far
  from compared_lines
),

-- The lowest that the queue has been below nothing: purchases that found none waiting.
served as (
  select
    *,
    returns_so_far >= purchases_so_far
      or coalesce(returns_so_far - purchases_so_far >= min(returns_so_far - purchases_so_far) over (
        partition by customer_id, product_key, pieces, worth
        order by ordered_minute desc, is_return desc, source, line_number
        rows between unbounded preceding and 1 preceding
      ), false) as is_served
  from queued
),

whole_lines as (
  select
    *,
    case
      when is_return = 0 then is_served
      else returns_so_far <= sum(case when is_return = 0 and is_served then 1 else 0 end) over (
        partition by customer_id, product_key, pieces, worth
      )
    end as is_matched
  from served
),

choices as (
  select
    came_back.source as return_source,
    came_back.line_number as return_line_number,
    came_back.ordered_minute,
    came_back.pieces as return_pieces,
    came_back.worth as return_worth,
    bought.source,
    bought.line_number,
    bought.pieces,
    bought.worth,
    row_number() over (
      partition by came_back.source, came_back.line_number
      order by bought.ordered_minute desc, bought.source, bought.line_number
    ) as choice,
    sum(bought.pieces) over (
      partition by came_back.source, came_back.line_number
      order by bought.ordered_minute desc, bought.source, bought.line_number
      rows between unbounded preceding and current row
    ) as pieces_on_offer,
    first_value(bought.source) over (
      partition by came_back.source, came_back.line_number
      order by bought.ordered_minute desc, bought.source, bought.line_number
    ) as latest_source,
    first_value(bought.line_number) over (
      partition by came_back.source, came_back.line_number
      order by bought.ordered_minute desc, bought.source, bought.line_number
    ) as latest_line_number
  from whole_lines as came_back
  inner join whole_lines as bought
    on came_back.customer_id = bought.customer_id
    and came_back.product_key = bought.product_key
    and came_back.price = bought.price
  where came_back.is_return = 1
    and bought.is_return = 0
    and not came_back.is_matched
    and not bought.is_matched
    and came_back.pieces <= bought.pieces
    and came_back.ordered_minute >= bought.ordered_minute
),

-- Pieces that come back to the latest purchase of a return, its own included.
asked as (
  select
    *,
    sum(case when choice = 1 then return_pieces else 0 end) over (
      partition by latest_source, latest_line_number
      order by ordered_minute, return_source, return_line_number, choice
      rows between unbounded preceding and current row
    ) as pieces_asked
  from choices
),

-- Whatever is more than the latest purchase goes on to the one before it; who found room there at once comes first.
chosen as (
  select
    *,
    sum(return_pieces) over (
      partition by source, line_number
      order by choice, ordered_minute, return_source, return_line_number
      rows between unbounded preceding and current row
    ) as pieces_so_far
  from asked
  where pieces_asked <= pieces_on_offer and pieces_asked > pieces_on_offer - pieces
),

-- No more comes back than was bought.
partial_lines as (
  select *
  from chosen
  where pieces_so_far <= pieces
),

-- Both sides of each pair from one reading of it: what came back of the purchase, and nothing of the return.
partial_sides as (
  select
    case when is_purchase then source else return_source end as source,
    case when is_purchase then line_number else return_line_number end as line_number,
    case when is_purchase then return_pieces else 0 end as pieces,
    case when is_purchase then return_worth else 0 end as return_worth,
    case when is_purchase then worth else 0 end as worth
  from partial_lines
  cross join (values (true), (false)) as sides (is_purchase)
),

matched_lines as (
  select source, line_number, case when is_return = 0 then pieces else 0 end as pieces, case when is_return = 0 then worth else 0 end as worth
  from whole_lines
  where is_matched
  union all
  select source, line_number, sum(pieces) as pieces, case when sum(return_worth) < max(worth) then sum(return_worth) else max(worth) end as worth
  from partial_sides
  group by source, line_number
),

returned_lines as (
  select
    cast(source as varchar) as source,
    cast(line_number as bigint) as line_number,
    cast(pieces as decimal(18, 4)) as returned_quantity,
    cast(worth as decimal(18, 4)) as returned_worth
  from matched_lines
)

select * from returned_lines order by source, line_number
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
