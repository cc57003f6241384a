/** Byte order marks: files joined together have them anywhere, and readers of Parquet drop them. */
const MARK = 0xfeff;

/**
 * White space around an id, as the inside of a set that JavaScript, RE2 (DuckDB) and Joni (Trino) read alike: what any of
 * them trims, and the no-break spaces of spreadsheets and web shops.
 */
const BLANKS = "\\t-\\r\\x1c-\\x1f \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
const LEADING = `^[${BLANKS}]+`;
const TRAILING = `[${BLANKS}]+$`;

/** A whole number with `.0`: spreadsheets and data frames do that to ids. `A1.0` is an id of its own. */
const FLOAT = "^([0-9]+)[.]0$";

const PATTERNS = { leading: new RegExp(LEADING), trailing: new RegExp(TRAILING), float: new RegExp(FLOAT) };

/**
 * The customer that a text stands for: two texts are one customer exactly when this gives the same for both. Applying it
 * again changes nothing.
 * @returns undefined for a blank text, which stands for nobody.
 */
export function customerIdOf(text: string): string | undefined {
  const unmarked = text.replaceAll(String.fromCharCode(MARK), "");
  const trimmed = unmarked.replace(PATTERNS.leading, "").replace(PATTERNS.trailing, "");
  const id = PATTERNS.float.exec(trimmed)?.[1] ?? trimmed;
  return id === "" ? undefined : id;
}

/**
 * `customerIdOf` as SQL that Trino and DuckDB read alike, with and without the macros of `sql/local`; NULL for nobody.
 * Each replacement matches at most once: DuckDB replaces the first match, Trino all of them.
 * @param text SQL of the text, a varchar.
 */
export function customerIdSql(text: string): string {
  const unmarked = `replace(${text}, chr(${MARK}), '')`;
  const trimmed = `regexp_replace(regexp_replace(${unmarked}, '${LEADING}', ''), '${TRAILING}', '')`;
  return `coalesce(nullif(regexp_extract(${trimmed}, '${FLOAT}', 1), ''), nullif(${trimmed}, ''))`;
}
