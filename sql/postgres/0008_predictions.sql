-- Predictions of score jobs, beside the published segments and independent of them. Each shard's part is copied in the transaction that
-- notes it, so a shard that is scored again adds nothing; readers see a job once it has finished.

create table rfm.score_jobs (
  job_id text collate "C" primary key,
  model_version text collate "C" not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  customers bigint
);

create table rfm.score_job_parts (
  job_id text collate "C" not null references rfm.score_jobs (job_id) on delete cascade,
  part text collate "C" not null,
  row_count bigint not null,
  primary key (job_id, part)
);

-- Whoever is twice in a job's input is here twice. Columns as in the job's CSV; COPY names none for the job, which the transaction has set.
create table rfm.loaded_predictions (
  job_id text collate "C" not null default current_setting('rfm.score_job'),
  customer_id text collate "C" not null,
  recency double precision not null,
  frequency double precision not null,
  monetary numeric not null,
  r_score smallint not null,
  f_score smallint not null,
  m_score smallint not null,
  segment text collate "C" not null,
  cluster integer not null,
  label text collate "C" not null,
  distance double precision not null,
  confidence double precision not null,
  model_version text collate "C" not null,
  probability double precision
);
create index loaded_predictions_of_job on rfm.loaded_predictions (job_id, customer_id);

-- Grain: one row per finished job and scored customer.
create view rfm.predictions as
select
  loaded_predictions.job_id,
  loaded_predictions.customer_id,
  loaded_predictions.recency,
  loaded_predictions.frequency,
  loaded_predictions.monetary,
  loaded_predictions.r_score,
  loaded_predictions.f_score,
  loaded_predictions.m_score,
  loaded_predictions.segment,
  loaded_predictions.cluster,
  loaded_predictions.label,
  loaded_predictions.distance,
  loaded_predictions.confidence,
  loaded_predictions.model_version,
  loaded_predictions.probability,
  score_jobs.created_at,
  score_jobs.finished_at
from rfm.loaded_predictions
join rfm.score_jobs using (job_id)
where score_jobs.finished_at is not null;

-- Announces a job; again, it changes nothing. Jobs go after 90 days, as their documents in the lake do. Returns how many went.
create function rfm.begin_score_job(new_job_id text, new_model_version text, new_created_at timestamptz) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  gone bigint;
begin
  delete from rfm.loaded_predictions
  where job_id in (select job_id from rfm.score_jobs where created_at < clock_timestamp() - interval '90 days');
  delete from rfm.score_jobs where created_at < clock_timestamp() - interval '90 days';
  get diagnostics gone = row_count;
  insert into rfm.score_jobs (job_id, model_version, created_at)
  values (new_job_id, new_model_version, new_created_at)
  on conflict (job_id) do nothing;
  return gone;
end
$$;

-- Notes a part, to be copied into rfm.loaded_predictions in the same transaction; false where it is there already. A second attempt at the
-- same part waits for the first one's end.
create function rfm.begin_score_part(for_job_id text, new_part text, new_rows bigint) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('rfm.score_job', for_job_id, true);
  insert into rfm.score_job_parts (job_id, part, row_count)
  values (for_job_id, new_part, new_rows)
  on conflict (job_id, part) do nothing;
  return found;
end
$$;

-- Shows a job whose parts have as many rows as it has customers. Returns that number.
create function rfm.finish_score_job(for_job_id text, expected_customers bigint) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  loaded bigint;
begin
  select coalesce(sum(row_count), 0) into loaded from rfm.score_job_parts where job_id = for_job_id;
  if loaded <> expected_customers then
    raise exception 'score job ''%'' has % rows instead of %', for_job_id, loaded, expected_customers using errcode = 'RF002';
  end if;
  update rfm.score_jobs
  set finished_at = coalesce(finished_at, clock_timestamp()), customers = expected_customers
  where job_id = for_job_id;
  return loaded;
end
$$;
