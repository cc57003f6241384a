import iconv from "iconv-lite";
import { CODE_PAGES, canWrite } from "../legacyText.ts";

/**
 * Texts as strings of their bytes, one character each (`latin1`): so one search finds an id in every encoding, in text
 * and in files that are no text. What formats do to characters is undone first: the id itself is looked for, never its
 * spellings.
 */

const asBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

const XML_NAMES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
};
const JSON_SHORT: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

const fromCode = (code: number): string => (code <= 0x10ffff ? asBytes(String.fromCodePoint(code)) : "");

const undoJson = (text: string): string =>
  text.replace(
    /\\(?:((?:u[0-9a-fA-F]{4})(?:\\u[0-9a-fA-F]{4})*)|([^u]))/g,
    (_, units: string | undefined, short: string) => {
      if (units === undefined) return JSON_SHORT[short] ?? short;
      return asBytes(
        String.fromCharCode(
          ...units
            .split(/\\?u/)
            .slice(1)
            .map((unit) => Number.parseInt(unit, 16)),
        ),
      );
    },
  );
const undoXml = (text: string): string =>
  text
    // One text of a workbook, in several fonts.
    .replace(/<\/t><\/r><r>(?:<rPr>.*?<\/rPr>)?<t[^>]*>/g, "")
    .replace(/&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|([a-z]+));/g, (whole, decimal, hexadecimal, name) =>
      name === undefined
        ? fromCode(decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal))
        : asBytes(XML_NAMES[name] ?? whole),
    );
const undoSheet = (text: string): string =>
  text.replace(/_x([0-9a-fA-F]{4})_/g, (_, unit) => fromCode(Number.parseInt(unit, 16)));
const undoCsv = (text: string): string => text.replaceAll('""', '"');
const undoUrl = (text: string): string =>
  text.replaceAll("+", " ").replace(/%([0-9a-fA-F]{2})/g, (_, byte) => String.fromCharCode(Number.parseInt(byte, 16)));

/**
 * What formats do, with the character without which there is nothing to undo; one after the other: JSON stands in CSV,
 * too.
 */
const LAYERS: readonly (readonly [mark: string, readonly ((text: string) => string)[]])[] = [
  ["\\", [undoJson]],
  ['""', [undoCsv]],
  ['""', [undoCsv, undoJson]],
  ["&", [undoXml]],
  ["&", [undoXml, undoXml]],
  ["_x", [undoXml, undoSheet]],
  ["%", [undoUrl]],
];

/** A text as it is, and as it reads without what each format does to characters. */
function readingsOf(text: string): string[] {
  const undone = LAYERS.flatMap(([mark, steps]) =>
    text.includes(mark) ? [steps.reduce((value, step) => step(value), text)] : [],
  );
  return [text, ...undone];
}

/** The bytes of an id in each encoding, as strings. */
export function needlesOf(id: string): string[] {
  const pages = CODE_PAGES.filter((page) => canWrite(page, id)).map((page) =>
    iconv.encode(id, page).toString("latin1"),
  );
  const wide = Buffer.from(id, "utf16le");
  return [...new Set([asBytes(id), ...pages, wide.toString("latin1"), Buffer.from(wide).swap16().toString("latin1")])];
}

const INNER = /[A-Za-z0-9._-]/;
const isInner = (character: string | undefined): boolean => character !== undefined && INNER.test(character);

/** Places of an id in a text, where it is not a part of a longer word or number. */
export function countWord(text: string, id: string): number {
  let count = 0;
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
    const after = at + id.length;
    // The end of a sentence is no part of a number.
    const isEnd = !isInner(text[after]) || (text[after] === "." && !isInner(text[after + 1]));
    if (isEnd && !isInner(text[at - 1])) count += 1;
  }
  return count;
}

/** The most places that any reading of a text has. @param needles of `needlesOf`. @param isAddress in any case. */
export function countInBytes(text: string, needles: readonly string[], isAddress: boolean): number {
  const folded = (value: string): string => (isAddress ? value.toLowerCase() : value);
  return Math.max(
    ...readingsOf(text).map((reading) => needles.reduce((sum, needle) => sum + countWord(folded(reading), needle), 0)),
  );
}
