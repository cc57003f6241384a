-- Where published segments live. Everything is in the schema `rfm`, so that a shared database can hold it beside other things and
-- `drop schema rfm cascade` removes it without a trace.
--
-- A *load* is one attempt at filling the table for a run. The same run can be loaded again (same inputs give the same run id), so
-- the key of the stored rows is the load, not the run: the new rows are staged beside the old ones and one pointer moves.
--
-- Parts are copied into a table of the load's own, unlogged and without an index, which no reader's view reaches; publishing moves its rows
-- into `rfm.segments`, in the order of the key, in the transaction that changes the pointer.
--
-- `rfm.segments` is one plain table. Partitions by load would make dropping a run cheaper, but not safe: PostgreSQL plans a query before it
-- takes the snapshot it runs with, so a reader planned before a partition was attached can read the new pointer and miss the new
-- partition (no rows at all), and dropping a partition ignores the snapshots of older readers and queues new ones behind a lock. Inserted
-- and deleted rows obey every reader's snapshot and block nobody.

create table rfm.loads (
  load_id bigint generated always as identity primary key,
  run_id text collate "C" not null check (run_id <> ''),
  model_version text collate "C" not null,
  snapshot_date date not null,
  created_at timestamptz not null,
  customers bigint not null check (customers >= 0),
  summary jsonb not null,
  -- staged: being filled; published: the run's rows; superseded: a later load of the same run took its place.
  state text collate "C" not null default 'staged' check (state in ('staged', 'published', 'superseded')),
  staged_at timestamptz not null default clock_timestamp(),
  published_at timestamptz,
  -- Orders publications even where two of them share a timestamp.
  publication bigint
);

-- A run has at most one staged load and at most one published load.
create unique index loads_one_staged on rfm.loads (run_id) where state = 'staged';
create unique index loads_one_published on rfm.loads (run_id) where state = 'published';

create sequence rfm.publications;

-- Which parts (files) a load already holds, recorded in the same transaction as their rows.
create table rfm.load_parts (
  load_id bigint not null references rfm.loads (load_id) on delete cascade,
  part text collate "C" not null,
  etag text collate "C" not null,
  row_count bigint not null default 0,
  primary key (load_id, part)
);

create table rfm.segments (
  load_id bigint not null,
  customer_id text collate "C" not null,
  recency_days integer not null,
  frequency bigint not null,
  monetary numeric(18, 4) not null,
  r_score smallint not null check (r_score between 1 and 5),
  f_score smallint not null check (f_score between 1 and 5),
  m_score smallint not null check (m_score between 1 and 5),
  rfm_segment text collate "C" not null,
  cluster_id integer,
  cluster_label text collate "C",
  distance double precision,
  first_purchase date not null,
  last_purchase date not null,
  snapshot_date date not null,
  run_id text collate "C" not null,
  model_version text collate "C" not null,
  primary key (load_id, customer_id)
);

-- The pointer to what readers see: one row at most, changed in the transaction that publishes.
create table rfm.current_load (
  only_row boolean primary key default true check (only_row),
  load_id bigint not null references rfm.loads (load_id)
);

-- Grain: one row per run that can be read, newest publication first.
create view rfm.runs as
select
  loads.run_id,
  loads.model_version,
  loads.snapshot_date,
  loads.created_at,
  loads.published_at,
  loads.customers,
  loads.summary,
  loads.load_id = (select current_load.load_id from rfm.current_load) as is_current,
  loads.load_id,
  loads.publication
from rfm.loads
where loads.state = 'published'
order by loads.publication desc;

-- Grain: the published run, one row at most.
create view rfm.current_run as
select
  loads.run_id,
  loads.model_version,
  loads.snapshot_date,
  loads.created_at,
  loads.published_at,
  loads.customers,
  loads.summary
from rfm.loads
where loads.load_id = (select current_load.load_id from rfm.current_load);

-- Grain: one row per customer of the published run. One statement reads the pointer and the rows in one snapshot.
create view rfm.current_segments as
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
  segments.model_version
from rfm.segments
where segments.load_id = (select current_load.load_id from rfm.current_load);

-- Grain: one row per kept run and customer; how a customer moved between segments.
create view rfm.run_segments as
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
  segments.model_version
from rfm.segments
where segments.load_id in (select loads.load_id from rfm.loads where loads.state = 'published');
