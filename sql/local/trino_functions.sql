-- Functions of Trino that DuckDB lacks or defines otherwise, as macros. Kept in the catalog, so that its views open in
-- any DuckDB client.
create or replace macro regexp_like(value, pattern) as regexp_matches(value, pattern);

-- DuckDB trims spaces alone; Trino trims what Java calls white space (no-break spaces stay).
create or replace macro trim(value) as system.main.trim(
  value,
  chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || chr(30) || chr(31) || ' ' || chr(5760)
  || chr(8192) || chr(8193) || chr(8194) || chr(8195) || chr(8196) || chr(8197) || chr(8198) || chr(8200) || chr(8201)
  || chr(8202) || chr(8232) || chr(8233) || chr(8287) || chr(12288)
);

-- Monday is 1 and Sunday is 7, as in ISO 8601.
create or replace macro day_of_week(value) as isodow(value);

-- Both ends included.
create or replace macro sequence(first_value, last_value) as generate_series(first_value, last_value);

-- Trino's digests are of bytes and are bytes; DuckDB's are hexadecimal text.
create or replace macro to_utf8(value) as encode(value);
create or replace macro md5(value) as unhex(system.main.md5(value));
create or replace macro sha256(value) as unhex(system.main.sha256(value));
create or replace macro to_hex(value) as system.main.hex(value);

-- Numbers in base 16 below 2^63, the only base that is asked for.
create or replace macro from_base(value, radix) as case when radix = 16 then cast('0x' || value as bigint) end;

-- Of texts and numbers by a plain path, `$.name`.
create or replace macro json_extract_scalar(value, path) as json_extract_string(value, path);
