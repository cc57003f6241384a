-- Grain: one row. Gini = 2 Σ i·x(i) / (n Σ x) − (n + 1) / n over customers in ascending order of money, from exact sums;
-- gini_clipped counts totals below zero as zero, so that it stays between 0 and 1.
-- Trino turns a decimal of up to 18 digits into a double through a rounded number of units, a longer one exactly.
unload (
with run_features as (
  select customer_id, monetary
  from features
  where run_id = '{{run_id}}' and attempt = '{{attempt}}'
),

ranked_customers as (
  select
    monetary,
    case when monetary > 0 then monetary else 0 end as clipped,
    row_number() over (order by monetary, customer_id) as rank_number,
    sum(monetary) over (order by monetary desc, customer_id desc rows unbounded preceding) as revenue_from_top,
    sum(monetary) over () as total_revenue
  from run_features
),

totals as (
  select
    count(*) as customers,
    sum(monetary) as revenue,
    sum(clipped) as clipped_revenue,
    cast(max(monetary) as decimal(38, 4)) as top_revenue,
    sum(rank_number * monetary) as ranked_revenue,
    sum(rank_number * clipped) as ranked_clipped_revenue,
    case
      when count(*) > 0 then count(case when revenue_from_top * 10 < total_revenue * 8 then 1 end) + 1
    end as customers_for_80_percent
  from ranked_customers
),

summary as (
  select
    cast(customers as bigint) as customers,
    cast(revenue as decimal(18, 4)) as revenue,
    cast(cast(top_revenue as double) / cast(nullif(revenue, 0) as double) as double) as top_customer_share,
    cast(customers_for_80_percent as bigint) as customers_for_80_percent,
    cast(
      2e0 * cast(ranked_revenue as double) / (cast(customers as double) * cast(nullif(revenue, 0) as double))
      - (cast(customers as double) + 1) / cast(nullif(customers, 0) as double)
      as double
    ) as gini,
    cast(
      2e0 * cast(ranked_clipped_revenue as double)
      / (cast(customers as double) * cast(nullif(clipped_revenue, 0) as double))
      - (cast(customers as double) + 1) / cast(nullif(customers, 0) as double)
      as double
    ) as gini_clipped
  from totals
)

select * from summary
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
