import { literal } from "../sqlText.ts";

/** Characters that show nothing: zero-width and joining ones, soft hyphens, marks of direction and of byte order. */
const UNSEEN = "\\x{00AD}\\x{200B}-\\x{200F}\\x{202A}-\\x{202E}\\x{2060}-\\x{2064}\\x{2066}-\\x{2069}\\x{FEFF}";
const BLANK = "\\x{00A0}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}";

const range = (from: number, count: number): string =>
  String.fromCodePoint(...Array.from({ length: count }, (_, i) => from + i));

const DIGITS = "0123456789";
/** Zeros of the digits of Arabic, Persian, Devanagari, Bengali, Gujarati, Tamil, Thai, Lao, Burmese and Khmer. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0ae6, 0x0be6, 0x0e50, 0x0ed0, 0x1040, 0x17e0];
/** With full-width ASCII of Japanese keyboards. */
const WIDE = range(0xff01, 94) + ZEROS.map((zero) => range(zero, 10)).join("");
const NARROW = range(0x21, 94) + DIGITS.repeat(ZEROS.length);

/** SQL of a text with ASCII in place of full-width characters and of the digits of other scripts. */
export const narrowSql = (value: string): string => `translate(${value}, ${literal(WIDE)}, ${literal(NARROW)})`;

const NARROW_OF: ReadonlyMap<string, string> = new Map([...WIDE].map((wide, i) => [wide, NARROW[i] as string]));

/** As `narrowSql`. */
export const narrow = (text: string): string =>
  /[^ -\u00ff]/.test(text) ? [...text].map((letter) => NARROW_OF.get(letter) ?? letter).join("") : text;

const codePoint = (point: number): string => `\\x{${point.toString(16)}}`;
const WIDE_CLASS = `\\x{FF01}-\\x{FF5E}${ZEROS.map((zero) => `${codePoint(zero)}-${codePoint(zero + 9)}`).join("")}`;
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
