-- Grain: one row per part that is gone from a folder which is dropped again; the commit takes it out of the history.
unload (
with {{> live_ingests}},

{{> gone_parts}},

parts as (
  select
    cast(source as varchar) as source,
    cast(rows_in as bigint) as rows_in
  from gone_parts
)

select * from parts order by source
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
