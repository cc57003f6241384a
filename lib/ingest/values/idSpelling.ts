import { literal } from "../sqlText.ts";

/** Characters that show nothing: zero-width and joining ones, soft hyphens, marks of direction and of byte order. */
const UNSEEN = "\\x{00AD}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2064}\\x{2066}-\\x{2069}\\x{FEFF}";
const BLANK = "\\x{00A0}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}";

const range = (from: number, count: number): string =>
  String.fromCodePoint(...Array.from({ length: count }, (_, i) => from + i));

const DIGITS = "0123456789";
/** Full-width ASCII of Japanese keyboards, and the digits of Arabic and Persian ones. */
const WIDE = range(0xff01, 94) + range(0x0660, 10) + range(0x06f0, 10);
const NARROW = range(0x21, 94) + DIGITS + DIGITS;

/** SQL of a text with ASCII in place of full-width characters and of Arabic and Persian digits. */
export const narrowSql = (value: string): string => `translate(${value}, ${literal(WIDE)}, ${literal(NARROW)})`;

const WIDE_CLASS = "\\x{FF01}-\\x{FF5E}\\x{0660}-\\x{0669}\\x{06F0}-\\x{06F9}";
/** What keeps a spreadsheet from taking an id for a number: `'041000`, `="041000"`. */
const APOSTROPHE = "^['\\x{2019}]([^ ]*[0-9][^ ]*)$";
const FORMULA = '^="([^"]*)"$';

/** SQL that tells whether an id is spelled otherwise than `spelledIdSql` has it (blanks around it apart). */
export const isMisspeltSql = (value: string): string =>
  `regexp_matches(${value}, ${literal(`[${UNSEEN}${BLANK}${WIDE_CLASS}]|${APOSTROPHE}|${FORMULA}`)})`;

/**
 * SQL of an id as every spelling of it is brought to: without what a spreadsheet or a keyboard has put around it, and with
 * ASCII digits. The value is trimmed and not blank; the result may be NULL.
 */
export function spelledIdSql(value: string): string {
  const unseen = `regexp_replace(${value}, ${literal(`[${UNSEEN}]`)}, '', 'g')`;
  const blanks = `trim(regexp_replace(${unseen}, ${literal(`[${BLANK}]`)}, ' ', 'g'))`;
  const bare = [FORMULA, APOSTROPHE].reduce(
    (sql, pattern) => `regexp_replace(${sql}, ${literal(pattern)}, '\\1')`,
    narrowSql(blanks),
  );
  return `nullif(trim(${bare}), '')`;
}

/** SQL of an e-mail address in lower case: a mailbox is one however its address is written. Other ids stay. */
export const foldEmailSql = (id: string): string =>
  `case when regexp_matches(${id}, '^[^@ ]+@[^@ ]+$') then lower(${id}) else ${id} end`;
