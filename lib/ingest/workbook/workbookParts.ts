import type { Entry, ZipFile } from "yauzl";
import { attributeOf, createXmlScanner, type XmlVisitor } from "./xmlScanner.ts";

/** What the sheets of a workbook share. */
export interface SharedParts {
  readonly strings: readonly string[];
  /** By style of a cell: whether its number is a date. */
  readonly isDate: readonly boolean[];
  readonly is1904: boolean;
}

export async function scanPart(
  zip: ZipFile,
  entry: Entry,
  visitor: XmlVisitor,
  afterChunk = async (): Promise<void> => undefined,
): Promise<void> {
  const decoder = new TextDecoder();
  const scanner = createXmlScanner(visitor);
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    scanner.write(decoder.decode(chunk as Buffer, { stream: true }));
    await afterChunk();
  }
  scanner.write(decoder.decode());
  scanner.end();
}

const ignore = () => undefined;

/**
 * Characters of distinct text in a workbook: they are held in memory. Each text counts for what it takes beside its
 * own.
 */
const MAX_SHARED_CHARACTERS = 300_000_000;
const CHARACTERS_PER_TEXT = 32;

/** Text in the cells of OOXML, with `_x000D_` for what XML cannot hold. */
export const cellString = (text: string): string =>
  text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

export async function readStrings(zip: ZipFile, entry: Entry | undefined): Promise<string[]> {
  const strings: string[] = [];
  if (entry === undefined) return strings;
  let text = "";
  let held = 0;
  let isText = false;
  let isPhonetic = false;
  await scanPart(zip, entry, {
    open(name) {
      if (name === "si") text = "";
      else if (name === "rPh") isPhonetic = true;
      else if (name === "t") isText = !isPhonetic;
    },
    close(name) {
      if (name === "si") {
        held += text.length + CHARACTERS_PER_TEXT;
        if (held > MAX_SHARED_CHARACTERS) throw new Error("its distinct texts do not fit in memory");
        strings.push(cellString(text));
      } else if (name === "rPh") isPhonetic = false;
      else if (name === "t") isText = false;
    },
    text(piece) {
      if (isText) text += piece;
    },
  });
  return strings;
}

/** Formats of the standard that show dates or times. */
const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

/** A format code shows a date when it has letters of one outside of quotes, brackets and escapes. */
const isDateCode = (code: string): boolean =>
  /[dmyhs]/i.test(code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, ""));

export async function readStyles(zip: ZipFile, entry: Entry | undefined): Promise<boolean[]> {
  const isDate: boolean[] = [];
  if (entry === undefined) return isDate;
  const codes = new Map<number, string>();
  let isCellStyle = false;
  await scanPart(zip, entry, {
    open(name, attributes) {
      if (name === "cellXfs") isCellStyle = true;
      const id = Number(attributeOf(attributes, "numFmtId"));
      if (name === "numFmt") codes.set(id, attributeOf(attributes, "formatCode") ?? "");
      if (name !== "xf" || !isCellStyle) return;
      const code = codes.get(id);
      isDate.push(code === undefined ? isBuiltInDate(id) : isDateCode(code));
    },
    close(name) {
      if (name === "cellXfs") isCellStyle = false;
    },
    text: ignore,
  });
  return isDate;
}

/** Targets of a part's relations by id, as paths in the archive. */
export async function readRelations(zip: ZipFile, entry: Entry | undefined): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  if (entry === undefined) return targets;
  await scanPart(zip, entry, {
    open(name, attributes) {
      const target = attributeOf(attributes, "Target");
      if (name !== "Relationship" || target === undefined) return;
      const path = target.startsWith("/") ? target.slice(1) : `xl/${target}`;
      targets.set(attributeOf(attributes, "Id") ?? "", path);
    },
    close: ignore,
    text: ignore,
  });
  return targets;
}
