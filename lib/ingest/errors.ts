import { SegmentationError } from "../domain/errors.ts";

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

/** Day-month and month-day read equally well, or contradict each other. */
export class UndecidableDateLayoutError extends IngestError {}

/** No value of the date column reads as a date. */
export class UnreadableDatesError extends IngestError {}

/** `1,234` may be a thousand or one and a bit. */
export class UndecidableDecimalError extends IngestError {}

/** The parser and the scanner disagree on the number of rows: a defect of the program, never of the file. */
export class RowAccountingError extends IngestError {}
