-- clean_lines: one row per raw line of one ingest, typed and judged.
-- Copies are looked for among the lines that share four columns with another, which are few: comparing all lines over
-- all columns takes most of the time of this statement. Missing and empty are told apart in the full comparison.
suspect_keys as (
  select
    source,
    coalesce(customer_id, '') as customer_key,
    coalesce(order_date, '') as date_key,
    coalesce(product_id, '') as product_key,
    coalesce(amount, '') as amount_key
  from raw_rows
  where ingest_id = '{{ingest_id}}' and unreadable is null
  group by source, coalesce(customer_id, ''), coalesce(order_date, ''), coalesce(product_id, ''), coalesce(amount, '')
  having count(*) > 1
),

suspect_lines as (
  select raw_rows.*
  from raw_rows
  inner join suspect_keys
    on raw_rows.source = suspect_keys.source
    and coalesce(raw_rows.customer_id, '') = suspect_keys.customer_key
    and coalesce(raw_rows.order_date, '') = suspect_keys.date_key
    and coalesce(raw_rows.product_id, '') = suspect_keys.product_key
    and coalesce(raw_rows.amount, '') = suspect_keys.amount_key
  where raw_rows.ingest_id = '{{ingest_id}}' and raw_rows.unreadable is null
),

-- Equal lines are copies of one purchase only where something in them says that they cannot be two: an order id, a time of day,
-- or a column that numbers the lines (below).
numbered_copies as (
  select
    source,
    line_number,
    trim(coalesce(order_id, '')) <> ''
      or regexp_like(coalesce(order_date, ''), ' (0[1-9]|1[0-9]|2[0-3]|00:0[1-9]|00:[1-5]|00:00:0[1-9]|00:00:[1-5])') as is_marked,
    row_number() over (
      partition by
        source, customer_id, order_id, order_date, product_id, description, quantity, unit_price, amount, country,
        currency, order_status, category, payment_method, other_columns
      order by line_number
    ) as copy_number
  from suspect_lines
),

unmarked_sources as (
  select distinct source
  from numbered_copies
  where copy_number > 1 and not is_marked
),

-- In a source whose other columns never come with two purchases, they number its lines.
numbered_contents as (
  select
    raw_rows.source,
    raw_rows.other_columns,
    min(coalesce(customer_id, '') || ' ' || coalesce(order_date, '') || ' ' || coalesce(amount, '')) as first_content,
    max(coalesce(customer_id, '') || ' ' || coalesce(order_date, '') || ' ' || coalesce(amount, '')) as last_content
  from raw_rows
  inner join unmarked_sources on raw_rows.source = unmarked_sources.source
  where raw_rows.ingest_id = '{{ingest_id}}' and raw_rows.unreadable is null
  group by raw_rows.source, raw_rows.other_columns
),

numbered_sources as (
  select source
  from numbered_contents
  group by source
  having count(*) >= 10 and min(case when other_columns is not null and first_content = last_content then 1 else 0 end) = 1
),

duplicates as (
  select numbered_copies.source, numbered_copies.line_number
  from numbered_copies
  left join numbered_sources on numbered_copies.source = numbered_sources.source
  where numbered_copies.copy_number > 1 and (numbered_copies.is_marked or numbered_sources.source is not null)
),

-- Trimmed and judged straight from the file, before any join: there each distinct text is looked at once. The customer is
-- what lib/domain/customerId.ts says.
trimmed_lines as (
  select
    source,
    line_number,
    {{> customer_identity column="customer_id"}} as customer_id,
    nullif(trim(order_id), '') as order_id,
    nullif(trim(order_date), '') as date_text,
    nullif(trim(product_id), '') as product_id,
    nullif(trim(description), '') as description,
    nullif(trim(quantity), '') as quantity_text,
    nullif(trim(unit_price), '') as unit_price_text,
    nullif(trim(amount), '') as amount_text,
    nullif(trim(country), '') as country,
    nullif(trim(currency), '') as currency,
    nullif(trim(order_status), '') as order_status,
    nullif(trim(category), '') as category,
    nullif(trim(payment_method), '') as payment_method,
    nullif(trim(exchange_rate), '') as exchange_rate_text,
    unreadable
  from raw_rows
  where ingest_id = '{{ingest_id}}'
),

-- Where every order of a source has the mark of a cancellation, and nothing is negative, it is how the shop numbers its orders.
marked_sources as (
  select source
  from raw_rows
  where ingest_id = '{{ingest_id}}' and trim(order_id) <> ''
  group by source
  having min(case when regexp_like(trim(order_id), '{{cancellation_pattern}}') then 1 else 0 end) = 1
    and max(case when quantity like '-%' or amount like '-%' then 1 else 0 end) = 0
    and min(order_id) <> max(order_id)
),

judged_lines as (
  select
    trimmed_lines.*,
    coalesce(regexp_like(order_id, '{{cancellation_pattern}}'), false) and marked_sources.source is null as is_cancellation,
    regexp_like(date_text, '^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}( ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?)?$') as is_date,
    regexp_like(quantity_text, '^-?[0-9]+([.][0-9]+)?$') as is_quantity,
    regexp_like(quantity_text, '^-?[0-9]{1,6}$') as is_small_quantity,
    regexp_like(unit_price_text, '^-?[0-9]+([.][0-9]+)?$') as is_unit_price,
    regexp_like(unit_price_text, '^-?[0-9]{1,8}([.][0-9]{1,4})?$') as is_small_price,
    regexp_like(amount_text, '^-?[0-9]+([.][0-9]+)?$') as is_amount,
    regexp_like(exchange_rate_text, '^[0-9]{1,9}([.][0-9]{1,8})?$') as is_exchange_rate
  from trimmed_lines
  left join marked_sources on trimmed_lines.source = marked_sources.source
),

typed_lines as (
  select
    *,
    case when is_date then try_cast(date_text as timestamp(6)) end as ordered_at,
    case when is_quantity then try_cast(quantity_text as decimal(18, 4)) end as quantity,
    case when is_unit_price then try_cast(unit_price_text as decimal(18, 4)) end as unit_price,
    case when is_amount then try_cast(amount_text as decimal(18, 4)) end as given_amount,
    case when is_small_quantity then try_cast(quantity_text as integer) end as small_quantity,
    case
      when is_unit_price and not (is_small_quantity and is_small_price) then try_cast(unit_price_text as decimal(20, 8))
    end as exact_unit_price,
    case when is_exchange_rate then try_cast(exchange_rate_text as decimal(20, 8)) end as exchange_rate
  from judged_lines
),

-- Prices keep eight decimals until they are multiplied: 10,000 pieces at 0.00125 are 12.5. Nearly all products are of
-- at most six by eight whole digits and four decimals, and need no wide arithmetic.
-- Numbers beyond a million million are no line of a shop; held below it, totals fit decimal(18, 4).
multiplied_lines as (
  select
    *,
    case
      when amount_text is not null then given_amount
      when is_small_quantity and is_small_price then cast(small_quantity * unit_price as decimal(18, 4))
      else try_cast(quantity * exact_unit_price as decimal(18, 4))
    end as original_amount
  from typed_lines
),

-- A foreign line's money in the currency that everything is counted in, rounded once. The rate is wider than 18 digits for DuckDB
-- to multiply in 128 bits; with up to nine whole digits the product fits 38.
converted_lines as (
  select
    *,
    case
      when exchange_rate is null then original_amount
      else try_cast(original_amount * exchange_rate as decimal(18, 4))
    end as line_amount,
    case
      when exchange_rate is null then unit_price
      else try_cast(unit_price * exchange_rate as decimal(18, 4))
    end as line_unit_price
  from multiplied_lines
),

bounded_lines as (
  select
    *,
    case when abs(quantity) < 1000000000000 then quantity end as bounded_quantity,
    case when abs(line_unit_price) < 1000000000000 then line_unit_price end as bounded_unit_price,
    case when abs(line_amount) < 1000000000000 then line_amount end as amount
  from converted_lines
),

invalid_lines as (
  select
    *,
    case
      when unreadable is not null then 'unreadable_line'
      -- The reading has decided that it is no purchase: then it need not read as one.
      when order_status like 'left out: %' then null
      when ordered_at is null then 'invalid_date'
      when not is_quantity then 'invalid_quantity'
      when not is_unit_price then 'invalid_unit_price'
      when not is_amount then 'invalid_amount'
      when amount_text is null and quantity_text is null and unit_price_text is null then 'missing_amount'
      when amount_text is null and quantity_text is null then 'invalid_quantity'
      when amount_text is null and unit_price_text is null then 'invalid_unit_price'
      when quantity_text is not null and bounded_quantity is null then 'amount_overflow'
      when unit_price_text is not null and bounded_unit_price is null then 'amount_overflow'
      when amount is null then 'amount_overflow'
    end as invalid_reason
  from bounded_lines
),

clean_lines as (
  select
    cast('{{ingest_id}}' as varchar) as ingest_id,
    cast(invalid_lines.source as varchar) as source,
    cast(invalid_lines.line_number as bigint) as line_number,
    cast(customer_id as varchar) as customer_id,
    cast(order_id as varchar) as order_id,
    cast(ordered_at as timestamp(6)) as ordered_at,
    cast(product_id as varchar) as product_id,
    cast(description as varchar) as description,
    cast(bounded_quantity as decimal(18, 4)) as quantity,
    cast(bounded_unit_price as decimal(18, 4)) as unit_price,
    cast(amount as decimal(18, 4)) as amount,
    cast(country as varchar) as country,
    cast(case when exchange_rate is null then currency else '{{target_currency}}' end as varchar) as currency,
    cast(order_status as varchar) as order_status,
    cast(category as varchar) as category,
    cast(payment_method as varchar) as payment_method,
    cast(is_cancellation as boolean) as is_cancellation,
    cast(duplicates.line_number is not null as boolean) as is_duplicate,
    cast(invalid_reason as varchar) as invalid_reason,
    cast(
      case invalid_reason
        when 'unreadable_line' then unreadable
        when 'invalid_date' then date_text
        when 'invalid_quantity' then quantity_text
        when 'invalid_unit_price' then unit_price_text
        when 'invalid_amount' then amount_text
        when 'amount_overflow' then coalesce(amount_text, quantity_text || ' x ' || unit_price_text)
      end as varchar
    ) as invalid_value
  from invalid_lines
  left join duplicates
    on invalid_lines.source = duplicates.source
    and invalid_lines.line_number = duplicates.line_number
)
