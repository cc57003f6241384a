-- Publications keep the order in which their runs were planned: a run that was planned before the current one saw less, so it is
-- kept, and readers go on seeing the current one.

-- Checks the staged rows, then makes them what readers see unless the current run was planned later, and forgets all but the newest
-- `keep_runs` runs (never the current one). Calling it again after it succeeded changes nothing. Returns the number of stored rows that were deleted.
create or replace function rfm.publish_run(for_run_id text, expected_rows bigint, keep_runs integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  chosen bigint;
  actual_rows bigint;
  part_rows bigint;
  moved_rows bigint;
  moved_part_rows bigint;
  twice text;
  current_id bigint;
  current_run text;
  is_older boolean;
  doomed bigint[];
  deleted_rows bigint;
begin
  perform rfm.lock_publication();
  select load_id into chosen from rfm.loads where run_id = for_run_id and state = 'staged' for update;
  if chosen is null then
    select load_id into chosen from rfm.current_load join rfm.loads using (load_id) where run_id = for_run_id;
    if chosen is null then
      -- It was published when a later one was current, or a later one has followed.
      perform 1 from rfm.loads
      where run_id = for_run_id and state = 'published'
        and created_at < (select loads.created_at from rfm.current_load join rfm.loads using (load_id));
      if found then
        return 0;
      end if;
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
  select load_id, run_id, loads.created_at > (select staged.created_at from rfm.loads as staged where staged.load_id = chosen)
  into current_id, current_run, is_older
  from rfm.current_load join rfm.loads using (load_id);
  is_older := coalesce(is_older, false);
  if is_older and current_run = for_run_id then
    -- An earlier attempt at the very run that readers see.
    perform rfm.drop_load(chosen);
    return 0;
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
  if is_older then
    update rfm.loads
    set state = 'published', published_at = clock_timestamp(), publication = nextval('rfm.publications')
    where load_id = chosen;
  else
    perform rfm.point_at(chosen);
    current_id := chosen;
  end if;
  select coalesce(array_agg(load_id), '{}') into doomed from (
    select load_id from rfm.loads where state = 'superseded'
    union all
    (
      select load_id from rfm.loads
      where state = 'published' and load_id <> current_id
      order by publication desc offset greatest(keep_runs, 1) - 1
    )
  ) as candidates;
  delete from rfm.movements where load_id = any (doomed);
  delete from rfm.segments where load_id = any (doomed);
  get diagnostics deleted_rows = row_count;
  delete from rfm.loads where load_id = any (doomed);
  return deleted_rows;
end
$$;
