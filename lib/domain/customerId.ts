/** Byte order marks: files joined together have them anywhere, and readers of Parquet drop them. */
const MARK = 0xfeff;

/**
 * White space around an id, as the inside of a set that JavaScript, RE2 (DuckDB) and Joni (Trino) read alike: what any
 * of them trims, and the no-break spaces of spreadsheets and web shops.
 */
const BLANKS = "\\t-\\r\\x1c-\\x1f \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
const LEADING = `^[${BLANKS}]+`;
const TRAILING = `[${BLANKS}]+$`;

/** A whole number with `.0`: spreadsheets and data frames do that to ids. `A1.0` is an id of its own. */
const FLOAT = "^([0-9]+)[.]0$";

const PATTERNS = { leading: new RegExp(LEADING), trailing: new RegExp(TRAILING), float: new RegExp(FLOAT) };

/**
 * The customer that a text stands for: two texts are one customer exactly when this gives the same for both. Applying
 * it again changes nothing.
 * @returns undefined for a blank text, which stands for nobody.
 * @example
 * ```ts
 * customerIdOf(" 17850.0 "); // → "17850"
 * customerIdOf("A1.0"); // → "A1.0"
 * customerIdOf("  "); // → undefined
 * ```
 */
export function customerIdOf(text: string): string | undefined {
  const id = trimmed(text);
  const whole = PATTERNS.float.exec(id)?.[1] ?? id;
  return whole === "" ? undefined : whole;
}

const trimmed = (text: string): string =>
  text.replaceAll(String.fromCharCode(MARK), "").replace(PATTERNS.leading, "").replace(PATTERNS.trailing, "");

/**
 * `customerIdOf` as SQL that Trino and DuckDB read alike, with and without the macros of `sql/local`; NULL for nobody.
 * Each replacement matches at most once: DuckDB replaces the first match, Trino all of them.
 * @param text SQL of the text, a varchar.
 */
export function customerIdSql(text: string): string {
  const id = trimmedSql(text);
  return `coalesce(nullif(regexp_extract(${id}, '${FLOAT}', 1), ''), nullif(${id}, ''))`;
}

const trimmedSql = (text: string): string =>
  `regexp_replace(regexp_replace(replace(${text}, chr(${MARK}), ''), '${LEADING}', ''), '${TRAILING}', '')`;

/**
 * Code points of characters that show nothing: zero-width and joining ones, soft hyphens, marks of direction and of
 * byte order.
 */
export const UNSEEN = [[0xad], [0x200b, 0x200f], [0x202a, 0x202e], [0x2060, 0x2064], [0x2066, 0x2069], [MARK]] as const;
/** Code points of blanks that are not the space. */
export const WIDE_BLANKS = [[0xa0], [0x2000, 0x200a], [0x202f], [0x205f], [0x3000]] as const;

/** Every character of ranges of code points, as one text. */
const charactersOf = (ranges: readonly (readonly [number, number?])[]): string =>
  ranges
    .map(([from, to = from]) => String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_, i) => from + i)))
    .join("");

/** Zeros of the digits of Arabic, Persian, Devanagari, Bengali, Gujarati, Tamil, Thai, Lao, Burmese and Khmer. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0ae6, 0x0be6, 0x0e50, 0x0ed0, 0x1040, 0x17e0];
/** Full-width ASCII of Japanese keyboards, and the digits of other scripts. */
export const WIDE_CHARACTERS = [[0xff01, 0xff5e], ...ZEROS.map((zero) => [zero, zero + 9] as const)] as const;
export const WIDE = charactersOf(WIDE_CHARACTERS);
/** What each of them stands for. */
export const NARROW = `${charactersOf([[0x21, 0x7e]])}${"0123456789".repeat(ZEROS.length)}`;
const BLANK_CHARACTERS = charactersOf(WIDE_BLANKS);
const UNSEEN_CHARACTERS = charactersOf(UNSEEN);
const SPELT_FROM = [...WIDE, ...BLANK_CHARACTERS, ...UNSEEN_CHARACTERS];
const SPELT_TO = [...NARROW, ...BLANK_CHARACTERS.replace(/./gu, " ")];
const NARROWED = new Map(SPELT_FROM.map((character, i) => [character, SPELT_TO[i] ?? ""]));

/** What keeps a spreadsheet from taking an id for a number: `'041000`, `="041000"`. */
export const APOSTROPHE = "^['\u2019]([^ ]*[0-9][^ ]*)$";
export const FORMULA = '^="([^"]*)"$';
const ADDRESS = "[^@ ]+@[^@ ]+";

/**
 * What is within an id, the first that matches: a whole number, an address (in lower case), what a spreadsheet has
 * wrapped.
 */
const UNWRAPPED: readonly { readonly pattern: string; readonly isFolded: boolean }[] = [
  ...[FLOAT, '^="([0-9]+)[.]0"$', "^['’]([0-9]+)[.]0$"].map((pattern) => ({ pattern, isFolded: false })),
  ...[`^="([^"@ ]+@[^"@ ]+)"$`, `^['’](${ADDRESS})$`].map((pattern) => ({ pattern, isFolded: true })),
  ...[FORMULA, APOSTROPHE].map((pattern) => ({ pattern, isFolded: false })),
  { pattern: `^(${ADDRESS})$`, isFolded: true },
];
const UNWRAPPED_PATTERNS = UNWRAPPED.map(({ pattern, isFolded }) => ({ pattern: new RegExp(pattern, "u"), isFolded }));
const SPELT_PATTERN = new RegExp(
  `[${SPELT_FROM.map((character) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join("")}]`,
  "gu",
);
/** Most ids are spelled in one way only. */
const PLAIN = /^(?:[A-Za-z][A-Za-z0-9_-]*|[0-9]+)$/;

/**
 * The customer whom an erasure means by a text. Wider than `customerIdOf`: lakes of earlier releases hold spellings
 * apart that deliveries bring to one today (the case of addresses, characters that show nothing, full-width digits, a
 * spreadsheet's apostrophe or formula). Whoever asks to be erased is erased under all of them.
 * @returns undefined for a blank text, which stands for nobody.
 */
export function erasedIdOf(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  const narrow = text.replace(SPELT_PATTERN, (character) => NARROWED.get(character) ?? "");
  const id = trimmed(narrow);
  for (const { pattern, isFolded } of UNWRAPPED_PATTERNS) {
    const inner = pattern.exec(id)?.[1];
    if (inner !== undefined && inner !== "") return isFolded ? inner.toLowerCase() : inner;
  }
  return id === "" ? undefined : id;
}

/**
 * Characters, and what each becomes at its place (nothing, beyond the end): after SQL's `translate` and in lower case,
 * every spelling of a customer has the id of `erasedIdOf` within it.
 */
export const SPELT = { from: SPELT_FROM.join(""), to: SPELT_TO.join("") };

/**
 * `erasedIdOf` as SQL that Trino and DuckDB read alike; NULL for nobody.
 * @param text SQL of the text, a varchar.
 */
export function erasedIdSql(text: string): string {
  const [from, to] = [SPELT.from, SPELT.to].map((characters) => characters.replaceAll("'", "''"));
  const id = trimmedSql(`translate(${text}, '${from}', '${to}')`);
  const within = UNWRAPPED.map(({ pattern, isFolded }) => {
    const inner = `nullif(regexp_extract(${id}, '${pattern.replaceAll("'", "''")}', 1), '')`;
    return isFolded ? `lower(${inner})` : inner;
  });
  return `coalesce(${within.join(", ")}, nullif(${id}, ''))`;
}
