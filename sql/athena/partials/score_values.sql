-- score_values: what the customers of one attempt are scored by, to four decimals: R, F and M or the features in their place. A
-- real number is rounded first, halves up: the engines turn those into decimals in ways of their own.
score_values as (
  select
    customer_id,
    cast(
      coalesce(
        case '{{recency_column}}'
          when 'recency_days' then cast(recency_days as decimal(18, 4))
          else cast(floor(cast({{recency_column}} as double) * 1e4 + 5e-1) / 1e4 as decimal(18, 4))
        end,
        cast('{{recency_missing}}' as decimal(18, 4))
      ) as decimal(18, 4)
    ) as recency_value,
    cast(
      coalesce(
        case '{{frequency_column}}'
          when 'frequency' then cast(frequency as decimal(18, 4))
          else cast(floor(cast({{frequency_column}} as double) * 1e4 + 5e-1) / 1e4 as decimal(18, 4))
        end,
        cast('{{frequency_missing}}' as decimal(18, 4))
      ) as decimal(18, 4)
    ) as frequency_value,
    cast(
      coalesce(
        case '{{monetary_column}}'
          when 'monetary' then cast(monetary as decimal(18, 4))
          else cast(floor(cast({{monetary_column}} as double) * 1e4 + 5e-1) / 1e4 as decimal(18, 4))
        end,
        cast('{{monetary_missing}}' as decimal(18, 4))
      ) as decimal(18, 4)
    ) as monetary_value
  from features
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
)
