-- Grain: one row: the version that the lake's tables have from here on. Its folder is what later runs look for.
unload (
select cast({{lake_version}} as integer) as lake_version
)
to '{{output_uri}}'
with (format = 'PARQUET', compression = 'SNAPPY')
