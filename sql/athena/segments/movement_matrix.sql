-- Grain: one row per pair of segments, before and now, that has customers. Over a row (or a column) they add up to the segment's size in
-- the run before (or in this one).
unload (
with {{> movements}},

matrix as (
  select
    cast(segment_from as varchar) as segment_from,
    cast(segment_to as varchar) as segment_to,
    cast(count(*) as bigint) as customers,
    cast(sum(case when threshold_only then 1 else 0 end) as bigint) as threshold_only,
    cast(cast(sum(monetary_before) as decimal(38, 4)) as varchar) as monetary_before,
    cast(cast(sum(monetary_after) as decimal(38, 4)) as varchar) as monetary_after
  from movements
  group by segment_from, segment_to
)

select * from matrix order by segment_from, segment_to
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
