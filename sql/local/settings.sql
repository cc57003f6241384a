-- DuckDB set to behave like Trino, for every connection of the process.
set global integer_division = true;
set global TimeZone = 'UTC';
set global default_null_order = 'NULLS_LAST';
set global preserve_insertion_order = true;
set global autoinstall_known_extensions = false;
