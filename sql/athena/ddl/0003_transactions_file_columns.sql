-- What the columns hold that the settings name (fileColumns), as JSON by their names there; lines from before have none.
alter table transactions add columns (file_columns string)
