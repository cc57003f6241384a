-- Grain: one row per customer with at least one purchase before the snapshot date, in the order of customer_id.
-- Recency, frequency and dates come from purchases; monetary is purchases minus the returns that the policy takes off
-- (returns_taken_off); returns_amount is all that came back.
unload (
with {{> run_lines}},
{{> known_statuses}},
{{> order_lines}},
{{> customer_features}}

select * from features order by customer_id
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
