import { BinaryFileError, EmptyFileError, ReadingOptionError } from "../errors.ts";
import type { ReadingOptions } from "../types.ts";
import { decideHeader, firstTableRow, type HeaderDecision, headerNotes } from "./headerRow.ts";
import { type Dialect, newRecord, scanRecord } from "./scanRecords.ts";
import { positionNames, type TableLayout } from "./tableLayout.ts";

/** How a text is laid out, decided from its first bytes. */
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

/** The delimiter that is set by hand: one ASCII character, or the name of a usual one. Throws `ReadingOptionError`. */
export function delimiterNamed(text: string): string {
  const delimiter = DELIMITER_NAMES[text.toLowerCase()] ?? text;
  const code = delimiter.charCodeAt(0);
  if (delimiter.length === 1 && code > 0 && code < 0x80 && !/["\r\na-zA-Z0-9]/.test(delimiter)) return delimiter;
  throw new ReadingOptionError(
    "unusable_delimiter",
    `--delimiter ${JSON.stringify(text)}: it must be one ASCII character other than a letter, a digit or a quote, or one of ${Object.keys(DELIMITER_NAMES).join(", ")}.`,
    { delimiter: text },
  );
}

/** Fields of a record, unquoted, as text. */
export function splitFields(record: Uint8Array, delimiter: number): string[] {
  const fields: string[] = [];
  const mark = String.fromCharCode(delimiter);
  const text = Buffer.from(record).toString("utf8");
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let value = "";
      at++;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0) {
          value += text.slice(at);
          at = text.length;
          break;
        }
        value += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
        at++;
      }
      const next = text.indexOf(mark, at);
      fields.push(value);
      if (next < 0) return fields;
      at = next + 1;
    } else {
      const next = text.indexOf(mark, at);
      fields.push(next < 0 ? text.slice(at) : text.slice(at, next));
      if (next < 0) return fields;
      at = next + 1;
    }
  }
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

/** How well a delimiter explains the sample: the columns of the table's first row, weighted by the share of records that have as many. */
function score(records: readonly SampleRecord[], dialect: Dialect): number {
  const filled = records.filter(({ isBlank }) => !isBlank);
  const start = firstTableRow(
    filled.slice(0, LOOK_AHEAD_ROWS).map(({ bytes }) => splitFields(bytes, dialect.delimiter)),
  );
  const body = filled.slice(Math.max(0, start));
  const columns = body[0]?.columns ?? 0;
  if (columns < 2) return 0;
  const alike = body.filter((record) => record.columns === columns).length;
  return (alike / filled.length) * (1 + Math.log2(columns));
}

/** Rows that are split into fields to find where the table starts. */
const LOOK_AHEAD_ROWS = 60;

function refuseBinary(sample: Uint8Array, source: string): void {
  let controls = 0;
  for (const byte of sample) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) controls++;
  if (controls <= 0.1 * sample.length) return;
  throw new BinaryFileError(
    "binary_file",
    `${source} is not text (${Math.round((100 * controls) / sample.length)} % control characters at its start): export it as CSV.`,
    { source },
  );
}

interface Try {
  readonly dialect: Dialect;
  readonly records: readonly SampleRecord[];
  /** Physical lines before the records: a `sep=` line. */
  readonly skipped: number;
  readonly score: number;
}

/** The dialect that explains the sample best. */
function bestTry(sample: Uint8Array, isWhole: boolean, wanted: string | undefined): Try {
  const newline = sample.includes(0x0a) || !sample.includes(0x0d) ? "lf" : "cr";
  // Excel's own way to say which delimiter a CSV has.
  const declared = /^"?sep=(.)"?\r?[\r\n]/.exec(Buffer.from(sample.subarray(0, 10)).toString("latin1"))?.[1];
  const chosen = wanted === undefined ? declared : delimiterNamed(wanted);
  const skipped = declared === undefined ? 0 : 1;
  const tries = (chosen === undefined ? DELIMITERS : [chosen]).map((delimiter) => {
    const dialect: Dialect = { delimiter: delimiter.charCodeAt(0), newline };
    const records = sampleRecords(sample, isWhole, dialect).slice(skipped);
    return { dialect, records, skipped, score: score(records, dialect) };
  });
  return tries.reduce((a, b) => (b.score > a.score ? b : a));
}

const cleanName = (name: string) => name.replaceAll("\0", "").trim();

/**
 * Decides delimiter, line ends and whether there is a header, and reads it, from the first bytes of a text in UTF-8 (a
 * byte order mark is skipped). `isWhole` says that the sample is the whole text. Throws `BinaryFileError`,
 * `EmptyFileError`, `ReadingOptionError`.
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
  const start = firstTableRow(records.slice(0, LOOK_AHEAD_ROWS).map(fieldsOf));
  if (start < 0) throw new EmptyFileError("empty_file", `${source} holds nothing but blank lines.`, { source });
  const first = fieldsOf(records[start] as SampleRecord);
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
  return {
    ...dialect,
    header: decision.hasHeader ? first.map(cleanName) : positionNames(first.length),
    hasHeader: decision.hasHeader,
    linesBeforeData: linesOf(decision.hasHeader ? start + 1 : start),
    firstRows: decision.hasHeader ? below : [first, ...below],
    notes: headerNotes(decision, titles, "line"),
  };
}
