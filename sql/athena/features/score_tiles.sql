-- Grain: one row per measure and breakpoint between equally large parts of the customers, as ntile makes them: the first
-- (customers mod bins) parts have one customer more. The order is from the worst value to the best, equal values by the digest of the
-- customer's id, so it is total and the same in every run. Each row is the last customer of a part.
unload (
with {{> score_values}},

keyed as (
  select *, substr(to_hex(md5(to_utf8(customer_id))), 1, 12) as tie_key
  from score_values
),

measured as (
  select 'recency_days' as measure, -recency_value as worth, tie_key, customer_id from keyed
  union all
  select 'frequency' as measure, frequency_value as worth, tie_key, customer_id from keyed
  union all
  select 'monetary' as measure, monetary_value as worth, tie_key, customer_id from keyed
),

numbered as (
  select
    measure,
    worth,
    tie_key,
    row_number() over (partition by measure order by worth, tie_key, customer_id) as place,
    count(*) over (partition by measure) as customers
  from measured
),

parts as (
  select measures.measure, numbers.part, measures.bins
  from (
    values ('recency_days', {{recency_bins}}), ('frequency', {{frequency_bins}}), ('monetary', {{monetary_bins}})
  ) as measures (measure, bins)
  inner join (values (1), (2), (3), (4), (5), (6), (7), (8), (9)) as numbers (part)
    on numbers.part < measures.bins
),

tiles as (
  select
    cast(numbered.measure as varchar) as measure,
    cast(parts.part as integer) as edge_number,
    cast(case when numbered.measure = 'recency_days' then -numbered.worth else numbered.worth end as decimal(18, 4)) as edge,
    cast(numbered.tie_key as varchar) as tie_key
  from numbered
  inner join parts
    on numbered.measure = parts.measure
    and numbered.place
      = parts.part * (numbered.customers / parts.bins)
      + case when mod(numbered.customers, parts.bins) < parts.part then mod(numbered.customers, parts.bins) else parts.part end
)

select * from tiles order by measure, edge_number
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
