import { BinaryFileError, EmptyFileError } from "./errors.ts";
import { type Dialect, newRecord, scanRecord } from "./scanRecords.ts";

/** How a text is laid out, decided from its first bytes. */
export interface TextLayout extends Dialect {
  /** The header's fields, unquoted and trimmed. */
  readonly header: readonly string[];
  /** Physical lines before the first record: blank lines, a `sep=` line, the header itself. */
  readonly linesBeforeData: number;
  /** The next few records as fields, to look at. */
  readonly firstRows: readonly (readonly string[])[];
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

const LOOK_AHEAD_RECORDS = 200;

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

/** How well a delimiter explains the sample: the header's columns, weighted by the share of records that have as many. */
function score(records: readonly SampleRecord[]): number {
  const filled = records.filter(({ isBlank }) => !isBlank);
  const columns = filled[0]?.columns ?? 0;
  if (columns < 2) return 0;
  const alike = filled.filter((record) => record.columns === columns).length;
  return (alike / filled.length) * (1 + Math.log2(columns));
}

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

/**
 * Decides delimiter and line ends, and reads the header, from the first bytes of a text in UTF-8 (a byte order mark
 * is skipped). `isWhole` says that the sample is the whole text. Throws `BinaryFileError`, `EmptyFileError`.
 */
export function detectLayout(sampleWithMark: Uint8Array, isWhole: boolean, source: string): TextLayout {
  const hasMark = sampleWithMark[0] === 0xef && sampleWithMark[1] === 0xbb && sampleWithMark[2] === 0xbf;
  const sample = hasMark ? sampleWithMark.subarray(3) : sampleWithMark;
  refuseBinary(sample, source);
  const newline = sample.includes(0x0a) || !sample.includes(0x0d) ? "lf" : "cr";
  const declared = /^sep=(.)\r?[\r\n]/.exec(Buffer.from(sample.subarray(0, 8)).toString("latin1"))?.[1];
  const tries = (declared === undefined ? DELIMITERS : [declared]).map((delimiter) => {
    const dialect: Dialect = { delimiter: delimiter.charCodeAt(0), newline };
    const records = sampleRecords(sample, isWhole, dialect);
    const body = declared === undefined ? records : records.slice(1);
    return { dialect, records: body, skipped: declared === undefined ? 0 : 1, score: score(body) };
  });
  const best = tries.reduce((a, b) => (b.score > a.score ? b : a));
  const first = best.records.findIndex(({ isBlank }) => !isBlank);
  const headerRecord = best.records[first];
  if (headerRecord === undefined)
    throw new EmptyFileError("empty_file", `${source} holds nothing but blank lines.`, { source });
  const lines = best.records.slice(0, first + 1).reduce((sum, record) => sum + record.lines, best.skipped);
  return {
    ...best.dialect,
    header: splitFields(headerRecord.bytes, best.dialect.delimiter).map((name) => name.replaceAll("\0", "").trim()),
    linesBeforeData: lines,
    firstRows: best.records
      .slice(first + 1, first + 21)
      .filter(({ isBlank }) => !isBlank)
      .map(({ bytes }) => splitFields(bytes, best.dialect.delimiter)),
  };
}
