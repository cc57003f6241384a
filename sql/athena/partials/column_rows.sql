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
    customer_id,
    slot,
    case kind
      when 'margin'
        then cast(line_value as decimal(38, 12)) - cast((case when is_back then -pieces else pieces end) * number as decimal(38, 12))
      else cast(case when is_back then -abs(number) else number end as decimal(38, 12))
    end as worth
  from column_numbers
  where kind in ('margin', 'column_sum')
),

-- As amounts are: beyond a million million it is no line of a shop, and totals fit decimal(18, 4).
bounded_worths as (
  select
    customer_id,
    slot,
    case when abs(worth) < 1000000000000 then worth end as worth
  from column_worths
),

column_sums as (
  select
    customer_id,
    slot,
    case when count(*) = count(worth) then sum(worth) end as total
  from bounded_worths
  group by customer_id, slot
),

last_cells as (
  select
    customer_id,
    slot,
    case
      when kind = 'attribute' then cast(number as decimal(38, 12))
      when cell = word then cast(1 as decimal(38, 12))
      else cast(0 as decimal(38, 12))
    end as value,
    row_number() over (
      partition by customer_id, slot
      order by ordered_at desc, source desc, line_number desc
    ) as place
  from column_numbers
  where line_type = 'purchase'
    and (kind = 'attribute' and number is not null or kind = 'attribute_is' and cell is not null)
),

column_rows as (
  select
    customers.customer_id,
    asked_columns.slot,
    cast(
      case
        when asked_columns.kind in ('attribute', 'attribute_is') then last_cells.value
        when column_sums.customer_id is null then cast(0 as decimal(38, 12))
        else column_sums.total
      end as decimal(18, 4)
    ) as value
  from customers
  cross join asked_columns
  left join column_sums
    on customers.customer_id = column_sums.customer_id
    and asked_columns.slot = column_sums.slot
  left join last_cells
    on customers.customer_id = last_cells.customer_id
    and asked_columns.slot = last_cells.slot
    and last_cells.place = 1
)
