const DAY = "date '[0-9]{4}-[0-9]{2}-[0-9]{2}'";
const WORD = "'(?:[^'\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}]|''){0,400}'";

/** One row or several, the first of which may be none: slot 0. */
function rowsOf(...cells: readonly string[]): RegExp {
  const row = (slots: string): string => `\\(${[slots, ...cells].join(", ")}\\)`;
  return new RegExp(`^${row("[0-6]")}(, ${row("[1-6]")})*$`, "u");
}

/** What settings have counted in ways of their own, as rows of the partial `measured_rows`. */
export const ASKED_MEASURES = {
  pattern: rowsOf("'[a-z_]+'", "[0-9]{1,3}", DAY),
  wants: "rows of slot, kind, number of days and first day",
};

/** What settings make of columns of the files, as rows of the partial `column_rows`; quotes in words are doubled. */
export const ASKED_COLUMNS = {
  pattern: rowsOf("'[a-z_]+'", "'[a-z][a-z0-9_]{0,39}'", WORD, DAY),
  wants: "rows of slot, kind, name of a column, word and first day",
};
