-- measure_values: what the settings of a run count in ways of their own (asked_measures), one row per customer.
{{> measured_rows}},

{{> measure_slots table_name="rounded"}}
