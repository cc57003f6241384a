-- Where each customer of a run was in the run before it, loaded beside the segments in parts of its own and published with them in the
-- same transaction; forgotten with the run. A first run has none.

create table rfm.movements (
  load_id bigint not null,
  run_from text collate "C" not null,
  run_to text collate "C" not null,
  customer_id text collate "C" not null,
  segment_from text collate "C",
  segment_to text collate "C",
  threshold_only boolean not null,
  primary key (load_id, customer_id),
  check (segment_from is not null or segment_to is not null)
);

-- Grain: one row per kept run and customer of it or of the run before it. No segment_from: a new customer; no segment_to: one whom the
-- later run does not have. threshold_only: the customer would have stayed under the edges of the run before.
create view rfm.migrations as
select
  movements.run_from,
  movements.run_to,
  movements.customer_id,
  movements.segment_from,
  movements.segment_to,
  movements.threshold_only
from rfm.movements
where movements.load_id in (select loads.load_id from rfm.loads where loads.state = 'published');

-- What a part holds.
alter table rfm.load_parts add column content text collate "C" not null default 'segments' check (content in ('segments', 'movements'));

create function rfm.staging_movements(for_load bigint) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 'staged_movements_' || for_load
$$;

create or replace function rfm.drop_load(doomed bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('drop table if exists rfm.%I', rfm.staging_table(doomed));
  execute format('drop table if exists rfm.%I', rfm.staging_movements(doomed));
  delete from rfm.loads where load_id = doomed;
end
$$;

create or replace function rfm.stage_run(
  new_run_id text, new_model_version text, new_snapshot_date date, new_created_at timestamptz, new_customers bigint, new_summary jsonb
) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  unfinished bigint;
  fresh bigint;
begin
  -- Two stagings of one run at once follow each other.
  perform pg_advisory_xact_lock(7236772, hashtext(new_run_id));
  for unfinished in
    select load_id from rfm.loads
    where state = 'staged' and (run_id = new_run_id or staged_at < clock_timestamp() - interval '7 days')
    order by load_id for update
  loop
    perform rfm.drop_load(unfinished);
  end loop;
  insert into rfm.loads (run_id, model_version, snapshot_date, created_at, customers, summary)
  values (new_run_id, new_model_version, new_snapshot_date, new_created_at, new_customers, new_summary)
  returning load_id into fresh;
  -- The check stops a part of another run at its first row. A server crash empties an unlogged table; publish_run then counts too few.
  execute format(
    'create unlogged table rfm.%I (like rfm.segments including constraints, check (run_id = %L))',
    rfm.staging_table(fresh), new_run_id
  );
  execute format('alter table rfm.%I alter column load_id set default %s', rfm.staging_table(fresh), fresh);
  execute format(
    'create unlogged table rfm.%I (like rfm.movements including constraints, check (run_to = %L))',
    rfm.staging_movements(fresh), new_run_id
  );
  execute format('alter table rfm.%I alter column load_id set default %s', rfm.staging_movements(fresh), fresh);
  return fresh;
end
$$;

-- As begin_part, for a part with movements.
create function rfm.begin_movements_part(
  for_run_id text, new_part text, new_etag text,
  out staged_load bigint, out table_name text, out is_new boolean, out known_rows bigint
)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  select part.staged_load, part.is_new, part.known_rows into staged_load, is_new, known_rows
  from rfm.begin_part(for_run_id, new_part, new_etag) as part;
  table_name := rfm.staging_movements(staged_load);
  update rfm.load_parts set content = 'movements' where load_id = staged_load and load_parts.part = new_part;
end
$$;

-- Checks the staged rows, then makes them what readers see, and forgets all but the newest `keep_runs` runs (never the current one).
-- Calling it again after it succeeded changes nothing. Returns the number of stored rows that were deleted.
create or replace function rfm.publish_run(for_run_id text, expected_rows bigint, keep_runs integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  chosen bigint;
  actual_rows bigint;
  part_rows bigint;
  moved_rows bigint;
  moved_part_rows bigint;
  twice text;
  doomed bigint[];
  deleted_rows bigint;
begin
  perform rfm.lock_publication();
  select load_id into chosen from rfm.loads where run_id = for_run_id and state = 'staged' for update;
  if chosen is null then
    select load_id into chosen from rfm.current_load join rfm.loads using (load_id) where run_id = for_run_id;
    if chosen is null then
      raise exception 'run % is not staged', quote_literal(for_run_id) using errcode = 'RF005';
    end if;
    select count(*) into actual_rows from rfm.segments where load_id = chosen;
    if actual_rows <> expected_rows then
      raise exception 'run % has % rows instead of %', quote_literal(for_run_id), actual_rows, expected_rows using errcode = 'RF002';
    end if;
    return 0;
  end if;
  execute format('select count(*) from rfm.%I', rfm.staging_table(chosen)) into actual_rows;
  execute format('select count(*) from rfm.%I', rfm.staging_movements(chosen)) into moved_rows;
  select
    coalesce(sum(row_count) filter (where content = 'segments'), 0),
    coalesce(sum(row_count) filter (where content = 'movements'), 0)
  into part_rows, moved_part_rows
  from rfm.load_parts where load_id = chosen;
  if actual_rows <> expected_rows or part_rows <> expected_rows then
    raise exception 'run % has % rows staged (% by its parts) instead of %', quote_literal(for_run_id), actual_rows, part_rows, expected_rows
      using errcode = 'RF002';
  end if;
  if moved_rows <> moved_part_rows then
    raise exception 'run % has % movements staged instead of % by its parts', quote_literal(for_run_id), moved_rows, moved_part_rows
      using errcode = 'RF002';
  end if;
  begin
    execute format('insert into rfm.segments select * from rfm.%I order by customer_id', rfm.staging_table(chosen));
  exception when unique_violation then
    execute format('select customer_id from rfm.%I group by customer_id having count(*) > 1 order by 1 limit 1', rfm.staging_table(chosen))
      into twice;
    raise exception 'run % has customer % more than once', quote_literal(for_run_id), quote_literal(twice) using errcode = 'RF003';
  end;
  execute format('insert into rfm.movements select * from rfm.%I order by customer_id', rfm.staging_movements(chosen));
  execute format('drop table rfm.%I', rfm.staging_table(chosen));
  execute format('drop table rfm.%I', rfm.staging_movements(chosen));
  update rfm.loads set state = 'superseded' where run_id = for_run_id and state = 'published';
  perform rfm.point_at(chosen);
  select coalesce(array_agg(load_id), '{}') into doomed from (
    select load_id from rfm.loads where state = 'superseded'
    union all
    (select load_id from rfm.loads where state = 'published' order by publication desc offset greatest(keep_runs, 1))
  ) as candidates;
  delete from rfm.movements where load_id = any (doomed);
  delete from rfm.segments where load_id = any (doomed);
  get diagnostics deleted_rows = row_count;
  delete from rfm.loads where load_id = any (doomed);
  return deleted_rows;
end
$$;

-- Loads that were staged before have no table for movements; whoever staged them stages them again.
do $$
declare
  unfinished bigint;
begin
  for unfinished in select load_id from rfm.loads where state = 'staged' loop
    perform rfm.drop_load(unfinished);
  end loop;
end
$$;
