-- judged_lines: source_lines with what their status does to them, by the words of all languages. Those are long: statements of a
-- run look the statuses up (known_statuses) instead.
judged_lines as (
  select
    *,
    {{> status_reason}} as status_reason
  from source_lines
)
