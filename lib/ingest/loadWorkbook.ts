import { createHash } from "node:crypto";
import { join } from "node:path";
import readWorkbook from "read-excel-file/node";
import { openTableFile } from "./csvWriter.ts";
import { EmptyFileError, HeaderOnlyError, UnreadableWorkbookError } from "./errors.ts";
import { plainDecimal } from "./flattenJson.ts";
import { headerNotes } from "./headerRow.ts";
import type { LoadedTable, LoadOptions } from "./loadFile.ts";
import type { OpenedFile } from "./openFile.ts";
import { loadTableFile } from "./readCsv.ts";
import { checkUtf8 } from "./textFile.ts";
import { cellNumber, cellText, chooseSheets, type Sheet, type SheetTable, tableOf } from "./workbookSheets.ts";

const COMMA = 0x2c;

/** Rows written between flushes. */
const FLUSH_ROWS = 10_000;

/**
 * XML of the sheets and their strings that is read at most, in bytes: a workbook is held in memory as a whole.
 * 540,000 lines of Online Retail are about 300 MB of it.
 */
export const MAX_WORKBOOK_BYTES = 1_000_000_000;

async function sheetsOf({ path, source }: OpenedFile): Promise<Sheet[]> {
  try {
    const sheets = await readWorkbook(path, {
      trim: false,
      parseNumber: (text: string) => cellNumber(text, plainDecimal),
    });
    return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data }));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnreadableWorkbookError(
      "unreadable_workbook",
      `${source} is a workbook that cannot be read (${reason}): open it and save it again as .xlsx, or as CSV.`,
      { source },
      { cause },
    );
  }
}

/** Loads one sheet into a table. The line number is the row of the sheet. */
async function loadSheet(
  sheet: SheetTable,
  table: string,
  options: LoadOptions,
): Promise<Pick<LoadedTable, "layout" | "relation" | "rows"> & { readonly blankRows: number }> {
  const path = join(options.scratchDirectory, `${table}.rows.csv`);
  const file = await openTableFile(path, () => sheet.header.length);
  const from = sheet.decision.hasHeader ? sheet.start + 1 : sheet.start;
  const firstRows: string[][] = [];
  let blankRows = 0;
  try {
    for (let index = from; index < sheet.rows.length; index++) {
      const fields = (sheet.rows[index] ?? []).slice(0, sheet.header.length).map(cellText);
      if (fields.every((value) => value === null || value.trim() === "")) {
        blankRows++;
        continue;
      }
      file.row(index + 1, fields);
      if (firstRows.length < 20) firstRows.push(fields.map((value) => value ?? ""));
      if (index % FLUSH_ROWS === 0) await file.flush();
    }
  } finally {
    await file.close();
  }
  const { rows, hasInnerBreaks } = file.facts();
  const columns = sheet.header.length;
  await loadTableFile(options.engine, table, path, { rows, columns, delimiter: COMMA, hasInnerBreaks });
  const { header, decision } = sheet;
  return {
    layout: { header, hasHeader: decision.hasHeader, linesBeforeData: from, firstRows },
    relation: table,
    rows,
    blankRows,
  };
}

/**
 * Loads the sheets of a workbook that hold transactions, each as a source of its own, `book.xlsx/Sheet1`. Dates come
 * from the type of the cell, numbers with the 15 digits that Excel shows. Throws `UnreadableWorkbookError`,
 * `AmbiguousSheetError`, `ReadingOptionError`, `EmptyFileError`, `HeaderOnlyError`.
 */
export async function* loadWorkbook(
  opened: OpenedFile,
  table: string,
  options: LoadOptions,
): AsyncGenerator<LoadedTable> {
  const { source } = opened;
  const hash = opened.contentHash ?? (await checkUtf8(opened.path)).contentHash;
  const found = (await sheetsOf(opened)).flatMap((sheet) => tableOf(sheet, options.header) ?? []);
  if (found.length === 0) {
    throw new EmptyFileError("empty_file", `${source} is a workbook without a filled cell.`, { source });
  }
  const choice = chooseSheets(found, options.sheet, source);
  for (const [index, sheet] of choice.tables.entries()) {
    const name = `${source}/${sheet.name}`;
    const { blankRows, ...loaded } = await loadSheet(sheet, `${table}_${index}`, options);
    if (loaded.rows === 0) {
      throw new HeaderOnlyError("header_only", `${name} has a header (${sheet.header.join(", ")}) and no rows.`, {
        source: name,
      });
    }
    yield {
      ...loaded,
      opened: { ...opened, source: name, container: opened.container ?? source },
      format: "xlsx",
      contentHash: createHash("sha256").update(`${hash}/${sheet.name}`).digest("hex"),
      encoding: "utf-8",
      unreadableRows: 0,
      unreadable: [],
      notes: [
        ...(index === 0 ? choice.notes : []),
        ...headerNotes(sheet.decision, sheet.titleRows, "row"),
        ...(blankRows > 0 ? [`${blankRows} blank rows skipped`] : []),
      ],
    };
  }
}
