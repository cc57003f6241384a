-- source_lines: the live lines, with what `features/returned_lines` found where the policy matches returns: of a purchase
-- how much came back, of a return that belongs to one zero.
{{> live_lines}},

source_lines as (
  select
    live_lines.*,
    returned.returned_quantity,
    returned.returned_worth
  from live_lines
  left join (
    select source, line_number, returned_quantity, returned_worth
    from returned_lines
    where run_id = '{{run_id}}' and attempt = '{{attempt}}' and '{{returns}}' = 'match'
  ) as returned
    on live_lines.source = returned.source
    and live_lines.line_number = returned.line_number
)
