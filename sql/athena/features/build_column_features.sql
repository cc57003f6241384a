-- Grain: one row per customer, as build_wide_features has it, with what the settings make of columns of the files among the
-- measures. Asked for in its place by runs whose settings choose any of those.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},
{{> customer_features}},

{{> wide_parts}},

{{> measured_rows}},

{{> column_rows}},

all_measures as (
  select customer_id, slot, value from rounded
  union all
  select customer_id, slot, value from column_rows
),

{{> measure_slots table_name="all_measures"}},

{{> wide_columns}}

select * from wide_features order by customer_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
