-- Which release of the program wrote a row of the ledger; rows from before have none.
alter table ingests add columns (written_by string)
