import { percentText } from "../../domain/text/percent.ts";
import { BinaryFileError, EmptyFileError, OverBudgetError, ReadingOptionError } from "../errors.ts";
import { checkColumns } from "../load/budget.ts";
import type { ReadingOptions } from "../types.ts";
import { decideHeader, firstTableRow, type HeaderDecision, headerNotes } from "./headerRow.ts";
import { type Dialect, newRecord, scanRecord } from "./scanRecords.ts";
import { splitFields } from "./splitFields.ts";
import { cleanName, positionNames, type TableLayout } from "./tableLayout.ts";

/** How a text is laid out, detected from its first bytes. */
export interface TextLayout extends Dialect, TableLayout {
  readonly delimiter: number;
  /** What the reader of a report should know: titles skipped, no header. */
  readonly notes: readonly string[];
}

const DELIMITERS = [",", ";", "\t", "|", "^", "~"] as const;

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  comma: ",",
  semicolon: ";",
  tab: "\t",
  "\\t": "\t",
  pipe: "|",
  space: " ",
};

const LOOK_AHEAD_RECORDS = 200;

/**
 * The delimiter that is set by hand: one ASCII character, or the name of a usual one.
 * @throws ReadingOptionError.
 */
export function delimiterNamed(text: string): string {
  const delimiter = DELIMITER_NAMES[text.toLowerCase()] ?? text;
  const code = delimiter.charCodeAt(0);
  if (delimiter.length === 1 && code > 0 && code < 0x80 && !/["\r\na-zA-Z0-9]/.test(delimiter)) return delimiter;
  throw new ReadingOptionError(
    "UNUSABLE_DELIMITER",
    `--delimiter ${JSON.stringify(text)}: it must be one ASCII character other than a letter, a digit or a quote, or one of ${Object.keys(DELIMITER_NAMES).join(", ")}.`,
    { delimiter: text },
  );
}

interface SampleRecord {
  readonly bytes: Uint8Array;
  readonly columns: number;
  readonly lines: number;
  readonly isBlank: boolean;
}

function sampleRecords(sample: Uint8Array, isWhole: boolean, dialect: Dialect): SampleRecord[] {
  const records: SampleRecord[] = [];
  const record = newRecord();
  let at = 0;
  while (at < sample.length && records.length < LOOK_AHEAD_RECORDS) {
    if (!scanRecord(sample, at, sample.length, isWhole, dialect, record)) break;
    const bytes = sample.subarray(record.start, record.contentEnd);
    records.push({
      bytes,
      columns: record.problem === undefined ? record.columns : 0,
      lines: record.innerBreaks + 1,
      isBlank: Buffer.from(bytes).toString("utf8").trim() === "",
    });
    at = record.end;
  }
  return records;
}

interface Fit {
  /** Records that are not blank. */
  readonly filled: number;
  /** The share of them that have as many columns as the table's first row. */
  readonly share: number;
  readonly columns: number;
}

/** How well a dialect explains the sample. */
function fitOf(records: readonly SampleRecord[], dialect: Dialect): Fit {
  const filled = records.filter(({ isBlank }) => !isBlank);
  const start = firstTableRow(
    filled.slice(0, LOOK_AHEAD_ROWS).map(({ bytes }) => splitFields(bytes, dialect.delimiter)),
  );
  const body = filled.slice(Math.max(0, start));
  const columns = body[0]?.columns ?? 0;
  const alike = columns < 2 ? 0 : body.filter((record) => record.columns === columns).length;
  return { filled: filled.length, share: alike / Math.max(1, filled.length), columns };
}

/** Of two delimiters the one with more columns, weighted by the share of records that have as many. */
const score = ({ share, columns }: Fit): number => share * (1 + Math.log2(Math.max(1, columns)));

/** Rows that are split into fields to find where the table starts. */
const LOOK_AHEAD_ROWS = 60;

function refuseBinary(sample: Uint8Array, source: string): void {
  let controls = 0;
  for (const byte of sample) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) controls++;
  if (controls <= 0.1 * sample.length) return;
  throw new BinaryFileError(
    "BINARY_FILE",
    `${source} is not text (${percentText(controls / sample.length, 0)} control characters at its start): export it as CSV.`,
    { source },
  );
}

interface Try {
  readonly dialect: Dialect;
  readonly records: readonly SampleRecord[];
  /** Physical lines before the records: a `sep=` line. */
  readonly skipped: number;
  readonly fit: Fit;
}

/** Line ends that the sample may have, the likelier first: where both explain it alike, it counts. */
function newlinesOf(sample: Uint8Array): readonly Dialect["newline"][] {
  const text = Buffer.from(sample).toString("latin1");
  if (!text.includes("\n")) return text.includes("\r") ? ["any"] : ["lf"];
  if (/\n\r(?!\n)/.test(text)) return ["any", "lf"];
  return /\r(?!\n)/.test(text) ? ["lf", "any"] : ["lf"];
}

/** The dialect that explains the sample best. */
function bestTry(sample: Uint8Array, isWhole: boolean, wanted: string | undefined): Try {
  // Excel's own way to say which delimiter a CSV has.
  const declared = /^"?sep=(.)"?\r?[\r\n]/.exec(Buffer.from(sample.subarray(0, 10)).toString("latin1"))?.[1];
  const chosen = wanted === undefined ? declared : delimiterNamed(wanted);
  const skipped = declared === undefined ? 0 : 1;
  const tryOf = (newline: Dialect["newline"], delimiter: string): Try => {
    const dialect: Dialect = { delimiter: delimiter.charCodeAt(0), newline };
    const records = sampleRecords(sample, isWhole, dialect).slice(skipped);
    return { dialect, records, skipped, fit: fitOf(records, dialect) };
  };
  const best = newlinesOf(sample).map((newline) =>
    (chosen === undefined ? DELIMITERS : [chosen])
      .map((delimiter) => tryOf(newline, delimiter))
      .reduce((a, b) => (score(b.fit) > score(a.fit) ? b : a)),
  );
  // Line ends that are missed join records, whose many columns then are alike: so the share counts, then the number of
  // records.
  return best.reduce((a, b) =>
    b.fit.share > a.fit.share || (b.fit.share === a.fit.share && b.fit.filled > a.fit.filled) ? b : a,
  );
}

const longFirstLine = (bytes: number, source: string) =>
  new OverBudgetError(
    "FIRST_LINE_TOO_LONG",
    `${source}: its first line is longer than ${bytes.toLocaleString("en")} bytes (a line end or a quote may be missing): it has to be the names of the columns, or one transaction.`,
    { source },
  );

/**
 * Decides delimiter, line ends and whether there is a header, and reads it, from the first bytes of a text in UTF-8 (a
 * byte order mark is skipped). `isWhole` says that the sample is the whole text.
 * @throws BinaryFileError,
 * EmptyFileError, OverBudgetError, ReadingOptionError.
 */
export function detectLayout(
  sampleWithMark: Uint8Array,
  isWhole: boolean,
  source: string,
  wanted: ReadingOptions = {},
): TextLayout {
  const hasMark = sampleWithMark[0] === 0xef && sampleWithMark[1] === 0xbb && sampleWithMark[2] === 0xbf;
  const sample = hasMark ? sampleWithMark.subarray(3) : sampleWithMark;
  if (wanted.delimiter === undefined) refuseBinary(sample, source);
  const { dialect, records, skipped } = bestTry(sample, isWhole, wanted.delimiter);
  const fieldsOf = ({ bytes, isBlank }: SampleRecord) => (isBlank ? [] : splitFields(bytes, dialect.delimiter));
  if (records.length === 0 && sample.length > 0 && !isWhole) throw longFirstLine(sample.length, source);
  const start = firstTableRow(records.slice(0, LOOK_AHEAD_ROWS).map(fieldsOf));
  if (start < 0) throw new EmptyFileError("EMPTY_FILE", `${source} holds nothing but blank lines.`, { source });
  const first = fieldsOf(records[start] as SampleRecord);
  checkColumns(source, first.length);
  const below = records
    .slice(start + 1, start + 21)
    .filter(({ isBlank }) => !isBlank)
    .map(fieldsOf);
  const decision: HeaderDecision =
    wanted.header === undefined
      ? decideHeader(first, below)
      : { hasHeader: wanted.header, reason: "it is set by hand" };
  const titles = records.slice(0, start).filter(({ isBlank }) => !isBlank).length;
  const linesOf = (count: number) => records.slice(0, count).reduce((sum, record) => sum + record.lines, skipped);
  // The second line of names is the first below that is not blank.
  const second = start + 1 + records.slice(start + 1).findIndex(({ isBlank }) => !isBlank);
  const isJoined = decision.joined !== undefined;
  return {
    ...dialect,
    header: decision.hasHeader ? (decision.joined ?? first).map(cleanName) : positionNames(first.length),
    hasHeader: decision.hasHeader,
    linesBeforeData: linesOf(isJoined ? second + 1 : decision.hasHeader ? start + 1 : start),
    firstRows: decision.hasHeader ? below.slice(isJoined ? 1 : 0) : [first, ...below],
    notes: headerNotes(decision, titles, "line"),
  };
}
