-- The protocol of a publication, as functions, so that every client (a local PostgreSQL, an embedded one, the RDS Data API, psql)
-- runs the same text: stage_run → (begin_part, copy, finish_part) for each part → publish_run.
--
-- Errors have SQLSTATEs of their own: RF001 unknown run · RF002 wrong number of rows · RF003 a customer twice · RF004 a part changed
-- under the same name · RF005 the run is not staged.

create function rfm.staging_table(for_load bigint) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select 'staged_load_' || for_load
$$;

-- One publication, sweep or pointer change at a time. Held until the transaction ends.
create function rfm.lock_publication() returns void
language sql set search_path = pg_catalog, pg_temp as $$
  select pg_advisory_xact_lock(7236771, 1)
$$;

create function rfm.drop_load(doomed bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('drop table if exists rfm.%I', rfm.staging_table(doomed));
  delete from rfm.loads where load_id = doomed;
end
$$;

-- Starts the staging of a run; an earlier unfinished staging of the same run is gone afterwards. Returns the load's id.
create function rfm.stage_run(
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
  return fresh;
end
$$;

-- Announces a part of a staged run. `is_new` tells to copy it into rfm.<table_name> and call finish_part in the same transaction;
-- otherwise its rows are already there. A second attempt at the same part waits for the first one's end.
create function rfm.begin_part(
  for_run_id text, new_part text, new_etag text,
  out staged_load bigint, out table_name text, out is_new boolean, out known_rows bigint
)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  known_etag text;
begin
  -- The share lock makes publish_run and stage_run wait for parts under way.
  select load_id into staged_load from rfm.loads where run_id = for_run_id and state = 'staged' for share;
  if staged_load is null then
    raise exception 'run % is not staged', quote_literal(for_run_id) using errcode = 'RF005';
  end if;
  table_name := rfm.staging_table(staged_load);
  insert into rfm.load_parts (load_id, part, etag) values (staged_load, new_part, new_etag) on conflict do nothing;
  is_new := found;
  if not is_new then
    select etag, row_count into known_etag, known_rows from rfm.load_parts where load_id = staged_load and part = new_part;
    if known_etag <> new_etag then
      raise exception 'part % of run % has changed since it was loaded', quote_literal(new_part), quote_literal(for_run_id)
        using errcode = 'RF004';
    end if;
  end if;
end
$$;

create function rfm.finish_part(for_load bigint, new_part text, loaded_rows bigint) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  update rfm.load_parts set row_count = loaded_rows where load_id = for_load and part = new_part
$$;

create function rfm.point_at(chosen bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update rfm.loads
  set state = 'published', published_at = clock_timestamp(), publication = nextval('rfm.publications')
  where load_id = chosen;
  insert into rfm.current_load (load_id) values (chosen) on conflict (only_row) do update set load_id = excluded.load_id;
end
$$;

-- Checks the staged rows, then makes them what readers see, and forgets all but the newest `keep_runs` runs (never the current one).
-- Calling it again after it succeeded changes nothing. Returns the number of stored rows that were deleted.
create function rfm.publish_run(for_run_id text, expected_rows bigint, keep_runs integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  chosen bigint;
  actual_rows bigint;
  part_rows bigint;
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
  select coalesce(sum(row_count), 0) into part_rows from rfm.load_parts where load_id = chosen;
  if actual_rows <> expected_rows or part_rows <> expected_rows then
    raise exception 'run % has % rows staged (% by its parts) instead of %', quote_literal(for_run_id), actual_rows, part_rows, expected_rows
      using errcode = 'RF002';
  end if;
  begin
    execute format('insert into rfm.segments select * from rfm.%I order by customer_id', rfm.staging_table(chosen));
  exception when unique_violation then
    execute format('select customer_id from rfm.%I group by customer_id having count(*) > 1 order by 1 limit 1', rfm.staging_table(chosen))
      into twice;
    raise exception 'run % has customer % more than once', quote_literal(for_run_id), quote_literal(twice) using errcode = 'RF003';
  end;
  execute format('drop table rfm.%I', rfm.staging_table(chosen));
  update rfm.loads set state = 'superseded' where run_id = for_run_id and state = 'published';
  perform rfm.point_at(chosen);
  select coalesce(array_agg(load_id), '{}') into doomed from (
    select load_id from rfm.loads where state = 'superseded'
    union all
    (select load_id from rfm.loads where state = 'published' order by publication desc offset greatest(keep_runs, 1))
  ) as candidates;
  delete from rfm.segments where load_id = any (doomed);
  get diagnostics deleted_rows = row_count;
  delete from rfm.loads where load_id = any (doomed);
  return deleted_rows;
end
$$;

-- Makes a kept run the current one again.
create function rfm.republish_run(for_run_id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  chosen bigint;
begin
  perform rfm.lock_publication();
  select load_id into chosen from rfm.loads where run_id = for_run_id and state = 'published';
  if chosen is null then
    raise exception 'run % is not in the database', quote_literal(for_run_id) using errcode = 'RF001';
  end if;
  if chosen not in (select load_id from rfm.current_load) then
    perform rfm.point_at(chosen);
  end if;
end
$$;
