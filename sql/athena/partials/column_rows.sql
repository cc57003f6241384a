-- column_rows: what the settings of a run make of columns of the files (asked_columns), one row per customer and slot, to four
-- decimals. margin: what the lines brought beyond their pieces times the column; column_sum: the column's sum; both missing where
-- a line that counts has no number there, and 0 for who has no line in the window. attribute: the number that the last purchase
-- with one has; attribute_is: 1 where the last word is the asked one, 0 where it is another.
-- From order_lines and customers. Numbers are looked at behind a pattern, for the column may have held words before.
asked_columns as (
  select slot, kind, column_name, word, window_start
  from (values {{asked_columns}}) as asked (slot, kind, column_name, word, window_start)
),

column_cells as (
  select
    order_lines.customer_id,
    asked_columns.slot,
    asked_columns.kind,
    asked_columns.word,
    order_lines.line_type,
    order_lines.ordered_at,
    order_lines.source,
    order_lines.line_number,
    order_lines.line_value,
    order_lines.line_value < 0 or order_lines.kept_quantity < 0 as is_back,
    abs(coalesce(order_lines.kept_quantity, 1)) as pieces,
    json_extract_scalar(order_lines.file_columns, '$.' || asked_columns.column_name) as cell
  from order_lines
  cross join asked_columns
  where order_lines.drop_reason is null and order_lines.order_date >= asked_columns.window_start
),

column_numbers as (
  select
    *,
    case when regexp_like(cell, '^-?[0-9]{1,12}([.][0-9]{1,8})?$') then try_cast(cell as decimal(20, 8)) end as number
  from column_cells
),

column_worths as (
  select
    *,
    case kind
      when 'margin'
        then cast(line_value as decimal(38, 12)) - cast((case when is_back then -pieces else pieces end) * number as decimal(38, 12))
      when 'column_sum' then cast(case when is_back then -abs(number) else number end as decimal(38, 12))
    end as worth
  from column_numbers
),

-- As amounts are: beyond a million million it is no line of a shop, and totals fit decimal(18, 4). What a purchase says of the
-- customer stands beside it, so that one pass gives both; the last purchase that says something comes first.
told_cells as (
  select
    customer_id,
    slot,
    ordered_at,
    source,
    line_number,
    case when abs(worth) < 1000000000000 then worth end as worth,
    case
      when line_type <> 'purchase' then null
      when kind = 'attribute' then cast(number as decimal(38, 12))
      when kind <> 'attribute_is' or cell is null then null
      when cell = word then cast(1 as decimal(38, 12))
      else cast(0 as decimal(38, 12))
    end as told
  from column_worths
),

placed_cells as (
  select
    *,
    row_number() over (
      partition by customer_id, slot
      order by case when told is null then 1 else 0 end, ordered_at desc, source desc, line_number desc
    ) as place
  from told_cells
),

column_totals as (
  select
    customer_id,
    slot,
    case when count(*) = count(worth) then sum(worth) end as total,
    max(case when place = 1 then told end) as last_told
  from placed_cells
  group by customer_id, slot
),

column_rows as (
  select
    customers.customer_id,
    asked_columns.slot,
    cast(
      case
        when asked_columns.kind in ('attribute', 'attribute_is') then column_totals.last_told
        when column_totals.customer_id is null then cast(0 as decimal(38, 12))
        else column_totals.total
      end as decimal(18, 4)
    ) as value
  from customers
  cross join asked_columns
  left join column_totals
    on customers.customer_id = column_totals.customer_id
    and asked_columns.slot = column_totals.slot
)
