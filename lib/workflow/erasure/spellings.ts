/** Of a longer id so much is looked for: nothing else begins with as many of its characters. */
const MAX_CHARACTERS = 20_000;
/**
 * In longer ids only those characters may be written otherwise that formats have to write so: the expression would not
 * compile.
 */
const MAX_FREE_CHARACTERS = 300;
/** What may stand beside a number or an id that is another one than the one looked for. */
const INNER = "[A-Za-z0-9._-]";
/** An escape right before an id ends in a letter or a digit, and is no part of it. */
const ESCAPE = "\\\\[bfnrt]|\\\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|_x[0-9A-Fa-f]{4}_";
/** Between two characters of one text of a workbook there may be a change of its font. */
const FONT_CHANGE = "(?:</t></r><r>(?:<rPr>.{0,500}?</rPr>)?<t[^>]{0,50}>)?";

const NAMED: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };
const SHORT: Readonly<Record<string, string>> = { "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "/": "/" };

/** Digits of either case. */
const hexadecimal = (code: number, digits: number): string =>
  code
    .toString(16)
    .padStart(digits, "0")
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/** Every way in which CSV, JSON, XML, HTML, addresses and workbooks write a character, as a regular expression. */
function waysToWrite(character: string): string {
  const code = character.codePointAt(0) as number;
  const literal = /[\p{L}\p{N}]/u.test(character) ? character : `\\u{${code.toString(16)}}`;
  const units = Array.from({ length: character.length }, (_, i) => hexadecimal(character.charCodeAt(i), 4));
  const bytes = [...Buffer.from(character)].map((byte) => `%${hexadecimal(byte, 2)}`).join("");
  return [
    // Quotes are doubled in CSV, and have a backslash in JSON, in CSV of some programs, and in JSON within CSV.
    ...(character === '"' ? ['\\\\*"{1,2}'] : []),
    ...(character === "\\" ? ["\\\\{1,4}"] : []),
    literal,
    ...(character in SHORT ? [`\\\\${SHORT[character]}`] : []),
    ...(character === " " ? ["[+]"] : []),
    `\\\\{1,2}u${units.join("\\\\{1,2}u")}`,
    ...(character in NAMED ? [`&(?:amp;)?${NAMED[character]};`] : []),
    `&#(?:0{0,4}${code}|[xX]0{0,4}${hexadecimal(code, 1)});`,
    bytes,
    ...(code < 0x10000 ? [`_x${hexadecimal(code, 4)}_`] : []),
  ].join("|");
}

/**
 * An expression (global) that finds an id in text of any of the usual formats, however these write its characters, and
 * not where it is a part of a longer word or number. Addresses are found in any case.
 * @param id as `erasedIdOf` gives it.
 */
export function spellingsOf(id: string): RegExp {
  const characters = [...id];
  const isFree = characters.length <= MAX_FREE_CHARACTERS;
  const body = characters
    .slice(0, MAX_CHARACTERS)
    .map((character) => (isFree || !/[A-Za-z0-9]/.test(character) ? `(?:${waysToWrite(character)})` : character))
    .join(isFree ? FONT_CHANGE : "");
  const isCut = characters.length > MAX_CHARACTERS;
  // The end of a sentence is no part of a number.
  const end = isCut ? "" : `(?:(?!${INNER})|(?=_x[0-9A-Fa-f]{4}_)|(?=[.](?!${INNER})))`;
  return new RegExp(`(?:(?<!${INNER})|(?<=${ESCAPE}))${body}${end}`, isAddress(id) ? "giu" : "gu");
}

const isAddress = (id: string): boolean => /^[^@ ]+@[^@ ]+$/.test(id);

/** Places of an id in a text. */
export const countSpellings = (text: string, id: string): number => text.match(spellingsOf(id))?.length ?? 0;
