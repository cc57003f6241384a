-- Grain: one row per customer, as build_features has it, with what else they can be clustered and scored by. Asked for in its
-- place by runs whose settings choose any of these columns.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},
{{> customer_features}},

{{> wide_parts}},

{{> measure_values}},

{{> wide_columns}}

select * from wide_features order by customer_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
