-- How probably a customer belongs to the cluster, where the clusters are a mixture's. Parts of K-Means runs leave the column out. It is
-- the last one, so that rows staged before it came still fit.

alter table rfm.segments add column cluster_probability double precision;

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
  segments.cluster_probability
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
  segments.cluster_probability
from rfm.segments
where segments.load_id in (select loads.load_id from rfm.loads where loads.state = 'published');
