-- rounded: what the settings of a run count in ways of their own (asked_measures), one row per customer and slot: over a window, or of
-- the last purchase days alone. From customers, visits and purchase_days, up to the day before {{measured_until}}; to four decimals.
asked_measures as (
  select slot, kind, last_days, window_start
  from (values {{asked_measures}}) as asked (slot, kind, last_days, window_start)
  where slot > 0
),

recent_days as (
  select
    customer_id,
    order_date,
    row_number() over (partition by customer_id order by order_date desc) as place
  from purchase_days
),

asked_days as (
  select
    recent_days.customer_id,
    asked_measures.slot,
    cast(count(*) as double) as day_count,
    cast(sum(date_diff('day', recent_days.order_date, date '{{measured_until}}')) as double) as day_sum
  from recent_days
  inner join asked_measures
    on asked_measures.kind = 'recency_mean'
    and recent_days.place <= asked_measures.last_days
    and recent_days.order_date >= asked_measures.window_start
  group by recent_days.customer_id, asked_measures.slot
),

asked_counts as (
  select
    visits.customer_id,
    asked_measures.slot,
    count(distinct visits.order_key) as orders,
    count(distinct case when visits.line_type = 'purchase' then visits.order_date end) as active_days,
    sum(case when visits.line_type = 'purchase' then visits.line_count else 0 end) as line_count,
    sum(case when visits.line_type = 'purchase' then visits.units end) as units,
    sum(visits.amount) as monetary
  from visits
  inner join asked_measures
    on asked_measures.kind <> 'recency_mean'
    and visits.order_date >= asked_measures.window_start
  group by visits.customer_id, asked_measures.slot
),

-- Who has bought nothing in a window has counts of nothing, and was away for all of it.
measured as (
  select
    customers.customer_id,
    asked_measures.slot,
    cast(
      case asked_measures.kind
        when 'monetary' then coalesce(asked_counts.monetary, 0)
        when 'units' then coalesce(asked_counts.units, 0)
        when 'active_days' then coalesce(asked_counts.active_days, 0)
        when 'lines' then coalesce(asked_counts.line_count, 0)
        when 'frequency'
          then coalesce(
            case '{{frequency_basis}}'
              when 'active_days' then asked_counts.active_days
              when 'lines' then asked_counts.line_count
              else asked_counts.orders
            end,
            0
          )
      end as decimal(18, 4)
    ) as exact_value,
    case asked_measures.kind
      when 'recency_mean'
        then coalesce(
          asked_days.day_sum / nullif(asked_days.day_count, 0),
          cast(date_diff('day', asked_measures.window_start, date '{{measured_until}}') as double)
        )
      when 'average_order_value'
        then coalesce(
          cast(cast(asked_counts.monetary as decimal(38, 4)) as double) / cast(nullif(asked_counts.orders, 0) as double), 0
        )
    end as ratio
  from customers
  cross join asked_measures
  left join asked_days
    on customers.customer_id = asked_days.customer_id
    and asked_measures.slot = asked_days.slot
  left join asked_counts
    on customers.customer_id = asked_counts.customer_id
    and asked_measures.slot = asked_counts.slot
),

rounded as (
  select
    customer_id,
    slot,
    cast(
      coalesce(exact_value, cast(floor(ratio * 1e4 + 5e-1) as bigint) * cast('0.0001' as decimal(5, 4))) as decimal(18, 4)
    ) as value
  from measured
)
