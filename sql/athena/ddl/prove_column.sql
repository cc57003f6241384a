-- No row: it only runs where the table has the column.
select {{column_name}} from {{table_name}} where false
