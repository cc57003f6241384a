-- The segments of a lake from DuckDB: duckdb -c ".read duckdb.sql" in the folder that holds the lake. Nothing is locked.
-- Parquet brings its types: ids are text, money is decimal(18, 4), days are dates. The list names the files of the current run.
set variable files = (
  select list(regexp_replace(line, '^s3://[^/]+', 'lake'))
  from (select unnest(string_split(trim(content, chr(10)), chr(10))) as line
    from read_text('lake/published/current_segments/symlink.txt'))
);

select rfm_segment, count(*) as customers, sum(monetary) as revenue, max(last_purchase) as last_purchase
from read_parquet(getvariable('files'), hive_partitioning = false)
group by rfm_segment
order by revenue desc, rfm_segment;

-- From segments.csv the types have to be said, else an id like 00042 becomes a number.
select customer_id, monetary, rfm_segment
from read_csv('results/segments.csv', types = {'customer_id': 'varchar', 'monetary': 'decimal(18, 4)'})
order by monetary desc, customer_id
limit 5;
