import { createHash } from "node:crypto";
import { join } from "node:path";
import type { OpenedFile } from "../containers/openFile.ts";
import { EmptyFileError, HeaderOnlyError, IngestError, UnreadableWorkbookError } from "../errors.ts";
import { checkColumns, createTableBudget, type TableBudget } from "../load/budget.ts";
import type { LoadedTable, LoadOptions } from "../load/loadedTable.ts";
import { openTableFile, type TableFacts } from "../text/csvWriter.ts";
import { headerNotes } from "../text/headerRow.ts";
import { loadTableFile } from "../text/readCsv.ts";
import { checkUtf8 } from "../text/textFile.ts";
import { openWorkbook, type Workbook } from "./workbookFile.ts";
import { chooseSheets, LOOK_AHEAD_ROWS, type SheetTable, type SheetTop, tableOf } from "./workbookSheets.ts";

const COMMA = 0x2c;

/** The first rows of every sheet. */
async function topsOf(workbook: Workbook): Promise<SheetTop[]> {
  const tops: SheetTop[] = [];
  for (const [index, name] of workbook.sheetNames.entries()) {
    const rows = new Map<number, (string | null)[]>();
    const onRow = (row: (string | null)[], rowNumber: number) => {
      if (rowNumber <= LOOK_AHEAD_ROWS) rows.set(rowNumber, row);
      return rowNumber < LOOK_AHEAD_ROWS;
    };
    await workbook.readSheet(index, { onRow, afterChunk: async () => undefined });
    tops.push({ index, name, rows });
  }
  return tops;
}

interface LoadedSheet
  extends Pick<LoadedTable, "layout" | "relation" | "engineTable">,
    Omit<TableFacts, "hasInnerBreaks"> {
  readonly blankRows: number;
  readonly errorCells: number;
}

/** Loads one sheet into a table. The line number is the row of the sheet. */
async function loadSheet(
  workbook: Workbook,
  sheet: SheetTable,
  table: string,
  options: LoadOptions,
  { source, budget }: { readonly source: string; readonly budget: TableBudget },
): Promise<LoadedSheet> {
  const { header, decision, firstRecordRow } = sheet;
  checkColumns(source, header.length);
  const path = join(options.scratchDirectory, `${table}.rows.csv`);
  const file = await openTableFile(path, {
    source,
    columns: () => header.length,
    budget,
    maxListed: options.maxUnreadableListed,
  });
  const firstRows: string[][] = [];
  let errorCells = 0;
  let lastRow = firstRecordRow - 1;
  const onRow = (row: (string | null)[], rowNumber: number) => {
    if (rowNumber < firstRecordRow) return true;
    const fields = row.slice(0, header.length);
    if (fields.every((value) => value === null || value.trim() === "")) return true;
    file.row(rowNumber, fields);
    lastRow = rowNumber;
    if (firstRows.length < 20) firstRows.push(header.map((_, i) => fields[i] ?? ""));
    return true;
  };
  try {
    errorCells = await workbook.readSheet(sheet.index, { onRow, afterChunk: () => file.flush() });
  } finally {
    await file.close();
  }
  const { hasInnerBreaks, ...facts } = file.facts();
  const { rows } = facts;
  const columns = header.length;
  await loadTableFile(options.engine, table, path, { source, rows, columns, delimiter: COMMA, hasInnerBreaks });
  return {
    layout: { header, hasHeader: decision.hasHeader, linesBeforeData: firstRecordRow - 1, firstRows },
    relation: table,
    engineTable: table,
    ...facts,
    blankRows: lastRow - firstRecordRow + 1 - rows,
    errorCells,
  };
}

function unreadable(source: string, cause: unknown): IngestError {
  if (cause instanceof IngestError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UnreadableWorkbookError(
    "UNREADABLE_WORKBOOK",
    `${source} is a workbook that cannot be read (${reason}): open it and save it again as .xlsx, or as CSV.`,
    { source },
    { cause },
  );
}

/**
 * Loads the sheets of a workbook that hold transactions, each as a source of its own, `book.xlsx/Sheet1`. Dates come
 * from the type of the cell, numbers with the 15 digits that Excel shows.
 * @throws UnreadableWorkbookError,
 * AmbiguousSheetError, ReadingOptionError, EmptyFileError, HeaderOnlyError.
 */
export async function* loadWorkbook(
  opened: OpenedFile,
  table: string,
  options: LoadOptions,
): AsyncGenerator<LoadedTable> {
  const { source } = opened;
  const hash = opened.contentHash ?? (await checkUtf8(opened.path)).contentHash;
  const workbook = await openWorkbook(opened.path).catch((cause: unknown) => {
    throw unreadable(source, cause);
  });
  try {
    const found = (await topsOf(workbook)).flatMap((top) => tableOf(top, options.header) ?? []);
    if (found.length === 0) {
      throw new EmptyFileError("EMPTY_FILE", `${source} is a workbook without a filled cell.`, { source });
    }
    const choice = chooseSheets(found, options.sheet, source);
    const budget = createTableBudget(source, opened.bytes);
    for (const [index, sheet] of choice.tables.entries()) {
      const spending = { source: `${source}/${sheet.name}`, budget };
      const loaded = await loadSheet(workbook, sheet, `${table}_${index}`, options, spending);
      yield describeSheet(opened, sheet, loaded, { hash, notes: index === 0 ? choice.notes : [] });
    }
  } catch (cause) {
    throw unreadable(source, cause);
  } finally {
    workbook.close();
  }
}

function describeSheet(
  opened: OpenedFile,
  sheet: SheetTable,
  { blankRows, errorCells, ...loaded }: LoadedSheet,
  { hash, notes }: { readonly hash: string; readonly notes: readonly string[] },
): LoadedTable {
  const source = `${opened.source}/${sheet.name}`;
  if (loaded.rows === 0) {
    throw new HeaderOnlyError("HEADER_ONLY", `${source} has a header (${sheet.header.join(", ")}) and no rows.`, {
      source,
    });
  }
  return {
    ...loaded,
    opened: { ...opened, source, container: opened.container ?? opened.source },
    format: "xlsx",
    contentHash: createHash("sha256").update(`${hash}/${sheet.name}`).digest("hex"),
    encoding: "utf-8",
    notes: [
      ...notes,
      ...headerNotes(sheet.decision, sheet.titleRows, "row"),
      ...(blankRows > 0 ? [`${blankRows} blank rows skipped`] : []),
      ...(errorCells > 0 ? [`${errorCells} cells with an error like #N/A read as empty`] : []),
    ],
  };
}
