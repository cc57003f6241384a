-- source_lines: the live lines, before returns are matched with purchases.
{{> live_lines}},

source_lines as (
  select
    *,
    {{> unmatched_columns}}
  from live_lines
)
