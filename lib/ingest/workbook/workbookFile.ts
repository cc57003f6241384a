import { type Entry, openPromise, type ZipFile } from "yauzl";
import { cellNumber, serialDate } from "./cellValues.ts";
import { cellString, readRelations, readStrings, readStyles, type SharedParts, scanPart } from "./workbookParts.ts";
import { attributeOf, type XmlAttributes } from "./xmlScanner.ts";

/** Cells of a row by column, as text; null where empty. */
export type SheetRow = (string | null)[];

export interface SheetVisitor {
  /** A row with its number in the sheet, counted from 1. Returns false to stop. */
  readonly onRow: (row: SheetRow, rowNumber: number) => boolean;
  /** After the rows of a piece of the file: a place to flush. */
  readonly afterChunk: () => Promise<void>;
}

class Stop extends Error {}

/** What a sheet of Excel holds at most, XFD1048576: a cell beyond it would only make memory of nothing. */
const MAX_COLUMNS = 16_384;
const MAX_ROWS = 1_048_576;

function checkPlace(rowNumber: number, column: number): void {
  if (column < MAX_COLUMNS && rowNumber <= MAX_ROWS) return;
  throw new Error("it has cells beyond XFD1048576, the last that a sheet can have");
}

const ignore = () => undefined;

/** An Excel workbook (ECMA-376) that is open, with what its sheets share in memory. */
export interface Workbook {
  readonly sheetNames: readonly string[];
  /** Reads a sheet row by row. Returns the number of cells with an error like `#N/A`, which are read as empty. */
  readSheet(index: number, visitor: SheetVisitor): Promise<number>;
  close(): void;
}

interface SheetReference {
  readonly name: string;
  readonly entry: Entry;
}

/** Column of a reference like `BC12`, counted from 0; -1 for none. */
function columnOf(reference: string | undefined): number {
  let column = 0;
  for (const char of reference ?? "") {
    if (char < "A" || char > "Z") break;
    column = 26 * column + char.charCodeAt(0) - 64;
  }
  return column - 1;
}

/** The text of a cell: by its type, or by its style where it is a number. */
function cellValue(type: string, style: number, text: string, shared: SharedParts): string | null {
  if (type === "s") return shared.strings[Number(text)] ?? null;
  if (type === "b") return text === "1" ? "true" : "false";
  if (type === "str" || type === "inlineStr") return cellString(text);
  if (type === "d") return text.replace("T", " ");
  return shared.isDate[style] === true ? serialDate(text, shared.is1904) : cellNumber(text);
}

async function readRows(zip: ZipFile, entry: Entry, shared: SharedParts, visitor: SheetVisitor): Promise<number> {
  let row: SheetRow = [];
  let rowNumber = 0;
  let column = -1;
  let type = "n";
  let style = 0;
  let text = "";
  let isValue = false;
  let errors = 0;
  const onOpen = (name: string, attributes: XmlAttributes): void => {
    if (name === "v" || name === "t") isValue = true;
    else if (name === "c") {
      const found = columnOf(attributeOf(attributes, "r"));
      column = found < 0 ? column + 1 : found;
      type = attributeOf(attributes, "t") ?? "n";
      style = Number(attributeOf(attributes, "s") ?? 0);
      text = "";
      checkPlace(rowNumber, column);
    } else if (name === "row") {
      // Rows that do not go forward, which no program writes, must not give one number to two rows.
      rowNumber = Math.max(rowNumber + 1, Number(attributeOf(attributes, "r") ?? 0));
      row = [];
      column = -1;
    }
  };
  const onClose = (name: string): void => {
    if (name === "v" || name === "t") isValue = false;
    else if (name === "c") {
      if (type === "e") errors++;
      else if (text !== "") {
        while (row.length < column) row.push(null);
        row[column] = cellValue(type, style, text, shared);
      }
    } else if (name === "row" && !visitor.onRow(row, rowNumber)) throw new Stop();
  };
  const onText = (piece: string): void => {
    if (isValue) text += piece;
  };
  try {
    await scanPart(zip, entry, { open: onOpen, close: onClose, text: onText }, visitor.afterChunk);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return errors;
}

/** Opens a workbook. Sheets are read from the file as a stream; the strings that they share are held. */
export async function openWorkbook(path: string): Promise<Workbook> {
  const zip = await openPromise(path, { autoClose: false });
  try {
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
    const book = entries.get("xl/workbook.xml");
    if (book === undefined) throw new Error("it has no xl/workbook.xml");
    const targets = await readRelations(zip, entries.get("xl/_rels/workbook.xml.rels"));
    const sheets: SheetReference[] = [];
    let is1904 = false;
    await scanPart(zip, book, {
      open(name, attributes) {
        if (name === "workbookPr") is1904 = /^(1|true)$/.test(attributeOf(attributes, "date1904") ?? "");
        if (name !== "sheet") return;
        // The sheet's own id comes first and has no prefix; the relation's is `r:id`.
        const entry = entries.get(targets.get(attributeOf(attributes, "id") ?? "") ?? "");
        if (entry !== undefined) sheets.push({ name: attributeOf(attributes, "name") ?? "", entry });
      },
      close: ignore,
      text: ignore,
    });
    const shared: SharedParts = {
      strings: await readStrings(zip, entries.get("xl/sharedStrings.xml")),
      isDate: await readStyles(zip, entries.get("xl/styles.xml")),
      is1904,
    };
    return {
      sheetNames: sheets.map(({ name }) => name),
      readSheet: (index, visitor) => readRows(zip, (sheets[index] as SheetReference).entry, shared, visitor),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}
