import { APOSTROPHE, FORMULA, NARROW, UNSEEN, WIDE, WIDE_BLANKS, WIDE_CHARACTERS } from "../../domain/customerId.ts";
import { literal } from "../sqlText.ts";

/** Ranges of code points as the inside of a set of RE2. */
const setOf = (ranges: readonly (readonly [number, number?])[]): string =>
  ranges.map((range) => range.map((code) => `\\x{${(code as number).toString(16)}}`).join("-")).join("");
const UNSEEN_SET = setOf(UNSEEN);
const BLANK_SET = setOf(WIDE_BLANKS);

/** SQL of a text with ASCII in place of full-width characters and of the digits of other scripts. */
export const narrowSql = (value: string): string => `translate(${value}, ${literal(WIDE)}, ${literal(NARROW)})`;

const NARROW_OF: ReadonlyMap<string, string> = new Map([...WIDE].map((wide, i) => [wide, NARROW[i] as string]));

/** As `narrowSql`. */
export const narrow = (text: string): string =>
  /[^ -\u00ff]/.test(text) ? [...text].map((letter) => NARROW_OF.get(letter) ?? letter).join("") : text;

const WIDE_SET = setOf(WIDE_CHARACTERS);
/** SQL that tells whether an id is spelled otherwise than `spelledIdSql` has it (blanks around it apart). */
export const isMisspeltSql = (value: string): string =>
  // All but the marks of spreadsheets at the start is beyond ASCII, which lengths tell faster than a pattern.
  `((strlen(${value}) <> length(${value}) or starts_with(${value}, '''') or starts_with(${value}, '='))
    and regexp_matches(${value}, ${literal(`[${UNSEEN_SET}${BLANK_SET}${WIDE_SET}]|${APOSTROPHE}|${FORMULA}`)}))`;

/**
 * SQL of an id as every spelling of it is brought to: without what a spreadsheet or a keyboard has put around it, and
 * with ASCII digits. The value is trimmed and not blank; the result may be NULL.
 */
export function spelledIdSql(value: string): string {
  const unseen = `regexp_replace(${value}, ${literal(`[${UNSEEN_SET}]`)}, '', 'g')`;
  const blanks = `trim(regexp_replace(${unseen}, ${literal(`[${BLANK_SET}]`)}, ' ', 'g'))`;
  const bare = [FORMULA, APOSTROPHE].reduce(
    (sql, pattern) => `regexp_replace(${sql}, ${literal(pattern)}, '\\1')`,
    narrowSql(blanks),
  );
  return `nullif(trim(${bare}), '')`;
}

/** SQL of an e-mail address in lower case: a mailbox is one however its address is written. Other ids stay. */
export const foldEmailSql = (id: string): string =>
  `case when regexp_matches(${id}, '^[^@ ]+@[^@ ]+$') then lower(${id}) else ${id} end`;
