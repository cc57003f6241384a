-- Grain: one row per outcome ('kept' or the first reason to drop) over the whole live history. Money is exact
-- decimal text: amount as the files have it, line_value as it counts (a return subtracts); return_value is what came
-- back by the returns among them, returned_worth what came back of the purchases, where the policy matches them.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},

ledger as (
  select
    cast(coalesce(drop_reason, 'kept') as varchar) as outcome,
    cast(count(*) as bigint) as row_count,
    cast(count(case when line_type = 'return' then 1 end) as bigint) as return_rows,
    cast(cast(coalesce(sum(amount), 0) as decimal(38, 4)) as varchar) as amount,
    cast(cast(coalesce(sum(line_value), 0) as decimal(38, 4)) as varchar) as line_value,
    cast(cast(coalesce(sum(return_value), 0) as decimal(38, 4)) as varchar) as return_value,
    cast(count(case when return_value > 0 then 1 end) as bigint) as return_lines,
    cast(cast(coalesce(sum(case when drop_reason is null or drop_reason = 'returned' then returned_worth end), 0) as decimal(38, 4)) as varchar)
      as returned_worth
  from order_lines
  group by coalesce(drop_reason, 'kept')
)

select * from ledger order by outcome
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
