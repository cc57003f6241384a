import { SegmentationError } from "../domain/errors.ts";
import type { Role } from "../domain/roles.ts";

/** Base of everything that can be wrong with a dropped file; `context.source` names the file. */
export class IngestError extends SegmentationError {}

/** The path does not exist, or is a folder, or cannot be read. */
export class UnreadableFileError extends IngestError {}

/** No bytes, or nothing but blank lines. */
export class EmptyFileError extends IngestError {}

/** A header and no row. */
export class HeaderOnlyError extends IngestError {}

/** A format that is known by its first bytes, and not read. */
export class UnsupportedFormatError extends IngestError {}

/** Not text: machine code, pictures, random bytes. */
export class BinaryFileError extends IngestError {}

/** Compressed content that cannot be decompressed to its end. */
export class CorruptCompressionError extends IngestError {}

/** Content that unpacks to a size that no table has. */
export class DecompressionBombError extends IngestError {}

/** An archive whose members need a password. */
export class EncryptedArchiveError extends IngestError {}

/** A character encoding or delimiter that is set by hand and cannot be used. */
export class ReadingOptionError extends IngestError {}

/** A text that reads otherwise in an encoding that is nearly as likely. */
export class UndecidableEncodingError extends IngestError {}

/** JSON that cannot be split into records: cut off, or no list of objects. */
export class UnreadableJsonError extends IngestError {}

/** A workbook that cannot be read, or none of whose sheets is a table. */
export class UnreadableWorkbookError extends IngestError {}

/** Sheets of one workbook with different columns: which is meant is a question. */
export class AmbiguousSheetError extends IngestError {}

/** A Parquet file that cannot be read. */
export class UnreadableParquetError extends IngestError {}

/** The first line is data. */
export class NoHeaderError extends IngestError {}

/** Two columns of the same name, one of which is needed. */
export class DuplicateColumnError extends IngestError {}

/** The customer, the date or the money is in no column that is recognised. */
export class MissingColumnsError extends IngestError {}

/** Several columns are equally good for a role. */
export class AmbiguousColumnError extends IngestError {}

/** The mapping names a column that is not there, an impossible position or one column twice. */
export class UnknownColumnError extends IngestError {}

/** No row has one of the words that the settings name. */
export class UnknownWordError extends IngestError {}

/** Day-month and month-day read equally well, or contradict each other. */
export class UndecidableDateLayoutError extends IngestError {}

/** No value of the date column reads as a date. */
export class UnreadableDatesError extends IngestError {}

/** More values of a column than may be slips are no dates or numbers. */
export class UnreadValuesError extends IngestError {
  constructor(
    source: string,
    about: {
      readonly role: Role;
      readonly column: string;
      readonly what: string;
      readonly rows: number;
      readonly filled: number;
      readonly examples: readonly string[];
    },
  ) {
    const { role, column, what, rows, filled, examples } = about;
    super(
      "UNREAD_VALUES",
      `${source}: column ${JSON.stringify(column)} is the ${role}, and ${rows.toLocaleString("en-US")} of its ${filled.toLocaleString("en-US")} values are no ${what} that can be read (${examples.join(", ")}). Mend them in the file, or name another column with --map ${role}=COLUMN. To leave these rows out instead, raise quality.invalid.refuse in the configuration.`,
      { source, role, column },
    );
  }
}

/** A column that the settings name as one of numbers, with more cells than may be slips that hold none. */
export class UnreadCellsError extends IngestError {
  constructor(
    source: string,
    about: {
      readonly name: string;
      readonly column: string;
      readonly holds: string;
      readonly cells: number;
      readonly filled: number;
      readonly examples: readonly string[];
    },
  ) {
    const { name, column, holds, cells, filled, examples } = about;
    super(
      "UNREAD_CELLS",
      `${source}: column ${JSON.stringify(column)} holds "${holds}" by fileColumns.${name}, and ${cells.toLocaleString("en-US")} of its ${filled.toLocaleString("en-US")} values are no numbers that can be read (${examples.join(", ")}). Mend them in the file, name another column in fileColumns.${name}.from, or set fileColumns.${name}.holds to "category". To let these lines be without a value, raise quality.invalid.refuse in the configuration.`,
      { source, name, column },
    );
  }
}

/** Statuses that no rule knows, on more than a few rows. */
export class UnknownStatusesError extends IngestError {
  constructor(source: string, column: string, statuses: string, flag: string) {
    super(
      "UNKNOWN_STATUSES",
      `${source}: column ${JSON.stringify(column)} is the status, and no rule knows some of its words (${statuses}). If these are purchases like the others: ${flag}. Leave out of it those that do not count, or set them in statuses.drop of the configuration.`,
      { source, column, flags: [flag] },
    );
  }
}

/** Ids with the mark of a cancellation beside ids without it, and nothing else that says what they are. */
export class MarkedOrdersError extends IngestError {
  constructor(
    source: string,
    about: {
      readonly orders: number;
      readonly rows: number;
      readonly worth: number;
      readonly example: string;
      readonly exampleLine: string;
      readonly other: string;
    },
  ) {
    const { orders, rows, worth, example, exampleLine, other } = about;
    const flags = ["--cancellation-pattern none", `--cancellation-pattern "^${example.slice(0, 1)}[0-9]"`];
    const beside = other === "" ? "" : `, beside ids like ${JSON.stringify(other)}`;
    super(
      "MARKED_ORDERS",
      `${source}: ${orders.toLocaleString("en-US")} ${orders === 1 ? "order has an id" : "orders have ids"} like ${JSON.stringify(example)} (line ${exampleLine}), as cancellations have${beside}, but ${rows.toLocaleString("en-US")} ${rows === 1 ? "row is" : "rows are"} worth ${worth.toFixed(2)}, and nothing else says that they were taken back. If they are purchases: ${flags[0]}; if they are cancellations: ${flags[1]}.`,
      { source, flags },
    );
  }
}

/** Dates of another calendar than the Gregorian one. */
export class UnsupportedCalendarError extends IngestError {
  constructor(source: string, column: string, calendar: string, found: readonly string[]) {
    super(
      "OTHER_CALENDAR",
      `${source}: the dates of column ${JSON.stringify(column)} seem to be of the ${calendar} calendar (${found.join(", ")}), which is not read. Export the file with Gregorian dates, like 2024-01-31, or name another column with --map date=COLUMN.`,
      { source, column, calendar },
    );
  }
}

/** `1,234` may be a thousand or one and a bit. */
export class UndecidableDecimalError extends IngestError {}

/** The parser and the scanner disagree on the number of rows: a defect of the program, never of the file. */
export class RowAccountingError extends IngestError {}

/** More columns, more empty cells or longer rows than the reader's budget allows, see `load/budget.ts`. */
export class OverBudgetError extends IngestError {}
