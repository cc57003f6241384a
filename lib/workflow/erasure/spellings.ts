/** Of a longer id so much is looked for: nothing else begins with as many of its characters. */
const MAX_CHARACTERS = 20_000;
/** So many tokens, each with every way to write it, make one expression: a longer one would not compile. */
const PIECE_TOKENS = 300;
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

/** What is looked for as one: backslashes and quotes in a row, of which formats write more, or a character. */
const TOKEN = /[\\"]+|./gsu;

/**
 * Every way to write a token, as an expression. Of backslashes and quotes in a row there is one way to match each text:
 * with several for each of them, a text that nearly holds the id would be tried in exponentially many.
 */
function waysToWriteToken(token: string): string {
  const backslashes = token.lastIndexOf("\\") + 1;
  const quotes = token.length - backslashes;
  if (!/^[\\"]/.test(token)) return waysToWrite(token);
  // In turns, whatever their order: no two customers are told apart by that.
  if (!/^\\*"*$/.test(token))
    return `(?:[\\\\"]|${escapesOf("\\")}|${escapesOf('"')}){${token.length},${8 * token.length}}`;
  const otherBackslashes = `(?:${escapesOf("\\")}){${backslashes}}`;
  const otherQuotes = `(?:${escapesOf('"')}){${quotes}}`;
  const asBackslashes = `(?:\\\\{${backslashes},${4 * backslashes}}|${otherBackslashes})`;
  // Quotes are doubled in CSV, and have a backslash in JSON, in CSV of some programs, and in JSON within CSV.
  const asQuotes = `(?:(?:\\\\*"){${quotes},${2 * quotes}}|${otherQuotes})`;
  if (quotes === 0) return asBackslashes;
  if (backslashes === 0) return asQuotes;
  const both = `\\\\{${backslashes},}"(?:\\\\*"){${quotes - 1},${2 * quotes - 1}}`;
  return `${both}|${asBackslashes}${otherQuotes}|${otherBackslashes}${asQuotes}`;
}

/** Every way in which CSV, JSON, XML, HTML, addresses and workbooks write a character, as a regular expression. */
function waysToWrite(character: string): string {
  const code = character.codePointAt(0) as number;
  const literal = /[\p{L}\p{N}]/u.test(character) ? character : `\\u{${code.toString(16)}}`;
  return [
    literal,
    ...(character in SHORT ? [`\\\\${SHORT[character]}`] : []),
    ...(character === " " ? ["[+]"] : []),
    escapesOf(character),
  ].join("|");
}

/** The ways that write a character by its code or its name. */
function escapesOf(character: string): string {
  const code = character.codePointAt(0) as number;
  const units = Array.from({ length: character.length }, (_, i) => hexadecimal(character.charCodeAt(i), 4));
  const bytes = [...Buffer.from(character)].map((byte) => `%${hexadecimal(byte, 2)}`).join("");
  return [
    `\\\\{1,2}u${units.join("\\\\{1,2}u")}`,
    ...(character in NAMED ? [`&(?:amp;)?${NAMED[character]};`] : []),
    `&#(?:0{0,4}${code}|[xX]0{0,4}${hexadecimal(code, 1)});`,
    bytes,
    ...(code < 0x10000 ? [`_x${hexadecimal(code, 4)}_`] : []),
  ].join("|");
}

/**
 * Pieces of an id that follow one another. Each ends with a letter or a digit if it can: nothing that is written for
 * one goes on with what is written for the next character.
 */
function piecesOf(tokens: readonly string[]): string[][] {
  const pieces: string[][] = [];
  for (let start = 0; start < tokens.length; start += pieces.at(-1)?.length ?? 0) {
    const piece = tokens.slice(start, start + PIECE_TOKENS);
    const last = piece.findLastIndex((token) => /[A-Za-z0-9]/.test(token));
    const isWhole = start + piece.length === tokens.length || last < 0;
    pieces.push(isWhole ? piece : piece.slice(0, last + 1));
  }
  return pieces;
}

/**
 * Expressions that together find an id in text of any of the usual formats, however these write its characters, and not
 * where it is a part of a longer word or number: the first (global) finds where it may begin, and each other (sticky)
 * goes on where the one before ends. Addresses are found in any case.
 * @param id as `erasedIdOf` gives it.
 */
function spellingsOf(id: string): [RegExp, ...RegExp[]] {
  const characters = [...id];
  const isCut = characters.length > MAX_CHARACTERS;
  // The end of a sentence is no part of a number.
  const end = isCut ? "" : `(?:(?!${INNER})|(?=_x[0-9A-Fa-f]{4}_)|(?=[.](?!${INNER})))`;
  const begin = `(?:(?<!${INNER})|(?<=${ESCAPE}))`;
  const pieces = piecesOf(characters.slice(0, MAX_CHARACTERS).join("").match(TOKEN) ?? []);
  const flags = isAddress(id) ? "iu" : "u";
  const expressions = pieces.map((piece, i) => {
    const body = piece.map((token) => `(?:${waysToWriteToken(token)})`).join(FONT_CHANGE);
    const [before, after] = [i === 0 ? begin : FONT_CHANGE, i === pieces.length - 1 ? end : ""];
    return new RegExp(`${before}${body}${after}`, i === 0 ? `g${flags}` : `y${flags}`);
  });
  return expressions as [RegExp, ...RegExp[]];
}

const isAddress = (id: string): boolean => /^[^@ ]+@[^@ ]+$/.test(id);

/** Places of an id in a text. */
export function countSpellings(text: string, id: string): number {
  const [first, ...others] = spellingsOf(id);
  let count = 0;
  while (first.test(text)) {
    let at: number | undefined = first.lastIndex;
    for (const expression of others) at = at === undefined ? undefined : endOf(expression, text, at);
    if (at === undefined) continue;
    count += 1;
    first.lastIndex = at;
  }
  return count;
}

/** Where an expression that begins at a place ends; undefined where it does not match there. */
function endOf(expression: RegExp, text: string, at: number): number | undefined {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : undefined;
}
