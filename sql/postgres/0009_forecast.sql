-- What each customer is expected to do: empty where a run could not be forecast, and in runs of earlier releases, whose parts leave these
-- columns out. They are the last ones, so that rows staged before they came still fit.

alter table rfm.segments
  add column p_alive double precision,
  add column expected_orders_30d double precision,
  add column expected_orders_90d double precision,
  add column expected_orders_365d double precision,
  add column expected_value_30d numeric(18, 4),
  add column expected_value_90d numeric(18, 4),
  add column expected_value_365d numeric(18, 4),
  add column value_90d_low numeric(18, 4),
  add column value_90d_high numeric(18, 4),
  add column next_order_date date,
  add column is_late boolean;

create or replace view rfm.current_segments as
select
  segments.customer_id,
  segments.recency_days,
  segments.frequency,
  segments.monetary,
  segments.r_score,
  segments.f_score,
  segments.m_score,
  segments.rfm_segment,
  segments.cluster_id,
  segments.cluster_label,
  segments.distance,
  segments.first_purchase,
  segments.last_purchase,
  segments.snapshot_date,
  segments.run_id,
  segments.model_version,
  segments.cluster_probability,
  segments.p_alive,
  segments.expected_orders_30d,
  segments.expected_orders_90d,
  segments.expected_orders_365d,
  segments.expected_value_30d,
  segments.expected_value_90d,
  segments.expected_value_365d,
  segments.value_90d_low,
  segments.value_90d_high,
  segments.next_order_date,
  segments.is_late
from rfm.segments
where segments.load_id = (select current_load.load_id from rfm.current_load);

create or replace view rfm.run_segments as
select
  segments.run_id,
  segments.customer_id,
  segments.snapshot_date,
  segments.recency_days,
  segments.frequency,
  segments.monetary,
  segments.r_score,
  segments.f_score,
  segments.m_score,
  segments.rfm_segment,
  segments.cluster_id,
  segments.cluster_label,
  segments.distance,
  segments.first_purchase,
  segments.last_purchase,
  segments.model_version,
  segments.cluster_probability,
  segments.p_alive,
  segments.expected_orders_30d,
  segments.expected_orders_90d,
  segments.expected_orders_365d,
  segments.expected_value_30d,
  segments.expected_value_90d,
  segments.expected_value_365d,
  segments.value_90d_low,
  segments.value_90d_high,
  segments.next_order_date,
  segments.is_late
from rfm.segments
where segments.load_id in (select loads.load_id from rfm.loads where loads.state = 'published');
