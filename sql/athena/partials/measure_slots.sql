-- measure_values: the rows of {{table_name}} (customer, slot, value) with a column per slot, one row per customer.
measure_values as (
  select
    customer_id,
    max(case when slot = 1 then value end) as measure_1,
    max(case when slot = 2 then value end) as measure_2,
    max(case when slot = 3 then value end) as measure_3,
    max(case when slot = 4 then value end) as measure_4,
    max(case when slot = 5 then value end) as measure_5,
    max(case when slot = 6 then value end) as measure_6
  from {{table_name}}
  group by customer_id
)
