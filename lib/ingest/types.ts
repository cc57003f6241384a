import type { RowSettings } from "../domain/config/rowSettings.ts";
import type { CurrencyConversion } from "../domain/quality/exchangeRates.ts";
import type { Finding } from "../domain/quality/quality.ts";
import type { StatusPatterns } from "../domain/quality/statuses.ts";
import type { FileColumn, Role } from "../domain/roles.ts";

/** A file as it was dropped: where it lies now and the name under which its rows are known. */
export interface DropFile {
  readonly path: string;
  readonly source: string;
}

/** Columns set by hand: a header name, or a 1-based position. */
export type ColumnMapping = Readonly<Partial<Record<Role, string | number>>>;

/** A column that the settings name, found in a file. */
export interface ReadColumn extends FileColumn {
  /** As the settings call it. */
  readonly name: string;
  /** 0-based. */
  readonly index: number;
}

/** Order of the parts of a numeric date. */
export type DateOrder = "dmy" | "mdy" | "ymd";

/** What is set by hand of dates: `swapped` where a spreadsheet has swapped day and month of those up to the 12th. */
export type DateAnswer = DateOrder | "swapped";

/** What stands between units and fraction. */
export type DecimalMark = "point" | "comma";

/** What is detected in the bytes of each file, where it is set by hand. */
export interface ReadingOptions {
  /** A character encoding by its usual name, such as `windows-1252` or `cp437`. */
  readonly encoding?: string;
  /** One ASCII character. */
  readonly delimiter?: string;
  /** Whether the first line holds the names of the columns. */
  readonly header?: boolean;
  /** Name of the sheet of a workbook. */
  readonly sheet?: string;
  /**
   * IANA name of the zone whose days count, for moments with an offset or in UTC; by default the day in the text
   * counts.
   */
  readonly timeZone?: string;
}

export interface DropRequest extends ReadingOptions {
  readonly files: readonly DropFile[];
  readonly mapping?: ColumnMapping;
  /** What has been decided of rows and money by hand; else detected in the data. */
  readonly rowSettings?: RowSettings;
  /** Columns that are read beside those with a role, by names of the settings' own. */
  readonly fileColumns?: Readonly<Record<string, FileColumn>>;
  /** Answers `UndecidableDateLayoutError`; by default detected from the whole column. */
  readonly dateLayout?: DateAnswer;
  /** Answers `UndecidableDecimalError`; by default detected from the whole columns. */
  readonly decimalMark?: DecimalMark;
  /** Amounts of several currencies are refused without. */
  readonly currency?: CurrencyConversion;
  /** What will become of statuses and of lines that are no products, for the findings to say. */
  readonly policy?: ReadingPolicy;
  /** An existing folder for intermediate files; what is put there is removed again. */
  readonly scratchDirectory: string;
  /** The Parquet file to write (replaced when it exists). */
  readonly outputPath: string;
  readonly threads: number;
  /** For DuckDB, as it writes it; default `512MB`. Node and the parsers need some 300 MB more. */
  readonly memoryLimit?: string;
  /** Unreadable lines listed in the reading, at most; all are counted. Default 100. */
  readonly maxUnreadableListed?: number;
}

export type Compression = "none" | "gzip" | "zstd";
export type FileFormat = "csv" | "json" | "parquet" | "xlsx";
/** A character encoding by the name that `--encoding` takes. */
export type Encoding = string;

/** A column with the role it plays. */
export interface MappedColumn {
  readonly column: string;
  /** 1-based. */
  readonly position: number;
  /** 0..1; 1 when set by hand. */
  readonly confidence: number;
  readonly reason: string;
}

export interface UnreadableLine {
  /** 1-based physical line on which the record starts. */
  readonly lineNumber: number;
  readonly complaint: string;
}

export interface FileReading {
  /**
   * A member of an archive or a sheet of a workbook is a source of its own: `archive.zip/member.csv`,
   * `book.xlsx/Sheet1`.
   */
  readonly source: string;
  /** The dropped file of which the source is a part; absent where it is the file itself. */
  readonly container?: string;
  readonly format: FileFormat;
  /** Records of the file, header apart, unreadable ones included. */
  readonly rows: number;
  readonly unreadableRows: number;
  readonly unreadable: readonly UnreadableLine[];
  /** SHA-256 of the file as dropped, in hexadecimal. */
  readonly contentHash: string;
  readonly bytes: number;
  readonly compression: Compression;
  readonly encoding: Encoding;
  /** Empty where the format has none. */
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly columns: Readonly<Partial<Record<Role, MappedColumn>>>;
  /** In words, like `month/day/year hour:minute`. */
  readonly dateLayout: string;
  readonly decimalMark: DecimalMark;
  /** What a reader of the report should know: repairs, choices, columns left unused. */
  readonly notes: readonly string[];
}

export interface CurrencyCount {
  readonly currency: string;
  readonly rows: number;
}

export interface DropReading {
  /** Rows by currency, the commonest first; empty where none is named. */
  readonly currencies: readonly CurrencyCount[];
  /** What somebody should know of the drop as a whole. */
  readonly findings: readonly Finding[];
  readonly rows: number;
  readonly unreadableRows: number;
  readonly files: readonly FileReading[];
}

/** The rules of the configuration that a reader of files should know of, to say what they will do. */
export interface ReadingPolicy {
  readonly statuses: StatusPatterns;
  /** What ids of cancellations match by default; undefined where it is set by hand. */
  readonly cancellationPattern?: string;
  readonly nonProducts: { readonly drop: boolean; readonly pattern: string };
  /** Share of a column's values that may be unreadable; above it the file is refused. */
  readonly unreadLimit: number;
}
