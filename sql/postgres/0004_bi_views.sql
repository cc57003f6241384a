-- Views for BI tools, over the summaries of the published runs (a run's summary is the text of its summary.json). Their names and
-- columns are those of the tables of the same names in the lake; docs/bi.md describes them. A role that may `select` from these and
-- has `usage` on the schema needs nothing else.

-- Grain: one row per published run.
create view rfm.run_totals as
select
  loads.run_id,
  loads.snapshot_date,
  to_char(loads.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  loads.model_version,
  (loads.summary #>> '{choice,k}')::integer as cluster_count,
  loads.customers,
  (loads.summary #>> '{totals,orders}')::bigint as orders,
  (loads.summary #>> '{totals,revenue}')::numeric(18, 4) as revenue,
  (loads.summary #>> '{totals,averageOrderValue}')::numeric(18, 4) as average_order_value,
  (loads.summary #>> '{totals,repeatRate}')::double precision as repeat_share,
  (loads.summary #>> '{history,sources}')::bigint as sources,
  (loads.summary #>> '{history,rowsIn}')::bigint as rows_in,
  (loads.summary #>> '{history,rowsKept}')::bigint as rows_kept,
  (loads.summary #>> '{history,firstDate}')::date as first_date,
  (loads.summary #>> '{history,lastDate}')::date as last_date
from rfm.loads
where loads.state = 'published';

-- Grain: one row per published run and named segment that has customers.
create view rfm.segment_history as
select
  loads.run_id,
  loads.snapshot_date,
  (entry.value ->> 'name') collate "C" as rfm_segment,
  (entry.value ->> 'customers')::bigint as customers,
  (entry.value ->> 'customerShare')::double precision as customer_share,
  (entry.value ->> 'revenue')::numeric(18, 4) as revenue,
  (entry.value ->> 'revenueShare')::double precision as revenue_share,
  (entry.value ->> 'medianRecencyDays')::double precision as median_recency_days,
  (entry.value ->> 'medianFrequency')::double precision as median_frequency,
  (entry.value ->> 'medianMonetary')::double precision as median_monetary,
  (entry.value ->> 'averageMonetary')::numeric(18, 4) as average_monetary
from rfm.loads
cross join lateral jsonb_array_elements(loads.summary -> 'segments') as entry (value)
where loads.state = 'published';

-- Grain: one row per published run and cluster.
create view rfm.cluster_history as
select
  loads.run_id,
  loads.snapshot_date,
  (entry.value ->> 'id')::integer as cluster_id,
  (entry.value ->> 'label') collate "C" as cluster_label,
  (entry.value ->> 'customers')::bigint as customers,
  (entry.value ->> 'customerShare')::double precision as customer_share,
  (entry.value ->> 'revenue')::numeric(18, 4) as revenue,
  (entry.value ->> 'revenueShare')::double precision as revenue_share,
  (entry.value ->> 'medianRecencyDays')::double precision as median_recency_days,
  (entry.value ->> 'medianFrequency')::double precision as median_frequency,
  (entry.value ->> 'medianMonetary')::double precision as median_monetary,
  (entry.value ->> 'averageMonetary')::numeric(18, 4) as average_monetary
from rfm.loads
cross join lateral jsonb_array_elements(loads.summary -> 'clusters') as entry (value)
where loads.state = 'published';

-- Grain: one row per published run and outcome of a row of its history: kept, or why it was dropped.
create view rfm.run_ledger as
select
  loads.run_id,
  loads.snapshot_date,
  (entry.value ->> 'reason') collate "C" as outcome,
  (entry.value ->> 'rows')::bigint as row_count,
  (entry.value ->> 'amount')::numeric(18, 4) as amount
from rfm.loads
cross join lateral jsonb_array_elements(loads.summary #> '{history,ledger}') as entry (value)
where loads.state = 'published';

-- Grain: one row per named segment of the current run that has customers.
create view rfm.current_segment_summary as
select segment_history.*
from rfm.segment_history
where segment_history.run_id = (select current_run.run_id from rfm.current_run);

-- Grain: one row per cluster of the current run.
create view rfm.current_cluster_summary as
select cluster_history.*
from rfm.cluster_history
where cluster_history.run_id = (select current_run.run_id from rfm.current_run);
