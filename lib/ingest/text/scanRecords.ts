import { type FileHandle, open } from "node:fs/promises";
import { bytesToHold } from "../containers/openFile.ts";

/**
 * Splits delimited text into records: RFC 4180 (quotes doubled, line breaks inside quotes), with `\n`, `\r\n` or `\r`
 * between records, also mixed. One automaton decides what a row is, for counting as well as for repairing; the SQL
 * engine's parser only ever sees text on which both agree.
 */

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** Longest record in bytes: below the 2 MiB at which DuckDB's parser gives up on a line. */
export const MAX_RECORD_BYTES = 2_000_000;

const CHUNK_BYTES = 4 * 1024 * 1024;

export interface Dialect {
  /** One byte. */
  readonly delimiter: number;
  /**
   * What ends a record: with `lf` a line feed, and a lone carriage return is data; with `any` also a carriage return,
   * and `\n\r` is one line end.
   */
  readonly newline: "lf" | "any";
}

export type RecordProblem = "text_after_quote" | "unterminated_quote" | "too_long";

/** One record, as offsets into the buffer at hand; reused from call to call. */
export interface ScannedRecord {
  start: number;
  /** Just after the last byte of the record, before its line end. */
  contentEnd: number;
  /** Just after its line end. */
  end: number;
  columns: number;
  /** Line breaks inside quotes. */
  innerBreaks: number;
  /** Ends in `\r\n`. */
  endsInCrlf: boolean;
  /** Readable, but not in the strict form: quotes within plain fields, lone carriage returns, blanks after quotes. */
  isIrregular: boolean;
  problem: RecordProblem | undefined;
  /** The 1-based column where the problem is. */
  problemColumn: number;
}

export const newRecord = (): ScannedRecord => ({
  start: 0,
  contentEnd: 0,
  end: 0,
  columns: 0,
  innerBreaks: 0,
  endsInCrlf: false,
  isIrregular: false,
  problem: undefined,
  problemColumn: 0,
});

/** Index of the first line end from `from` on, and of what follows it; `limit` for both where there is none. */
function lineEndFrom(bytes: Uint8Array, from: number, limit: number, { newline }: Dialect): [at: number, next: number] {
  let at = from;
  if (newline === "lf") {
    at = bytes.indexOf(LINE_FEED, from);
    return at < 0 || at >= limit ? [limit, limit] : [at, at + 1];
  }
  while (at < limit && bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) at++;
  return [at, Math.min(limit, at + lineEndBytes(bytes, at, limit))];
}

/** Bytes of the line end at `at` where any line end counts: two for `\r\n` and for `\n\r` that no line feed follows. */
function lineEndBytes(bytes: Uint8Array, at: number, limit: number): number {
  if (bytes[at] === CARRIAGE_RETURN) return at + 1 < limit && bytes[at + 1] === LINE_FEED ? 2 : 1;
  const isPair =
    at + 1 < limit && bytes[at + 1] === CARRIAGE_RETURN && !(at + 2 < limit && bytes[at + 2] === LINE_FEED);
  return isPair ? 2 : 1;
}

/** After a problem the scan goes on with the next physical line, so that one stray quote costs one line. */
function fail(record: ScannedRecord, bytes: Uint8Array, limit: number, dialect: Dialect, problem: RecordProblem) {
  [record.contentEnd, record.end] = lineEndFrom(bytes, record.start, limit, dialect);
  record.innerBreaks = 0;
  record.problem = problem;
  record.problemColumn = record.columns;
  return true;
}

/**
 * Scans the record that starts at `start` into `record`. False when the bytes up to `limit` do not hold all of it
 * and `isLast` does not say that nothing follows.
 */
export function scanRecord(
  bytes: Uint8Array,
  start: number,
  limit: number,
  isLast: boolean,
  dialect: Dialect,
  record: ScannedRecord,
): boolean {
  const { delimiter } = dialect;
  const isAny = dialect.newline === "any";
  record.start = start;
  record.columns = 1;
  record.innerBreaks = 0;
  record.endsInCrlf = false;
  record.isIrregular = false;
  record.problem = undefined;
  const horizon = Math.min(limit, start + MAX_RECORD_BYTES);
  const outOfBytes = (quoted: boolean): boolean => {
    if (horizon < limit || limit - start >= MAX_RECORD_BYTES) return fail(record, bytes, limit, dialect, "too_long");
    if (!isLast) return false;
    if (quoted) return fail(record, bytes, limit, dialect, "unterminated_quote");
    record.contentEnd = limit;
    record.end = limit;
    return true;
  };
  let at = start;
  for (;;) {
    if (at < horizon && bytes[at] === QUOTE) {
      at++;
      for (;;) {
        if (at >= horizon) return outOfBytes(true);
        const byte = bytes[at++];
        if (byte === QUOTE) {
          if (at >= horizon) {
            if (horizon < limit || !isLast) return outOfBytes(true);
            break;
          }
          if (bytes[at] !== QUOTE) break;
          at++;
        } else if (byte === LINE_FEED || (isAny && byte === CARRIAGE_RETURN && bytes[at] !== LINE_FEED)) {
          record.innerBreaks++;
        }
      }
      while (at < horizon && bytes[at] === SPACE && delimiter !== SPACE) {
        record.isIrregular = true;
        at++;
      }
      if (at >= horizon) return outOfBytes(false);
      const next = bytes[at];
      const closes =
        next === delimiter ||
        next === LINE_FEED ||
        (next === CARRIAGE_RETURN && (isAny || at + 1 >= limit || bytes[at + 1] === LINE_FEED));
      if (!closes) return fail(record, bytes, limit, dialect, "text_after_quote");
    }
    let byte = 0;
    for (;;) {
      if (at >= horizon) return outOfBytes(false);
      byte = bytes[at] as number;
      if (byte === delimiter || byte === LINE_FEED) break;
      if (byte === QUOTE) record.isIrregular = true;
      else if (byte === CARRIAGE_RETURN) {
        if (at + 1 >= limit && !isLast) return outOfBytes(false);
        if (bytes[at + 1] !== LINE_FEED || at + 1 >= limit) {
          if (isAny) break;
          record.isIrregular = true;
        }
      }
      at++;
    }
    if (byte === delimiter) {
      record.columns++;
      at++;
      continue;
    }
    // Whether a line feed is the first half of an end shows in the two bytes after it.
    if (isAny && byte === LINE_FEED && at + 2 >= limit && !isLast) return outOfBytes(false);
    record.endsInCrlf = byte === LINE_FEED && at > start && bytes[at - 1] === CARRIAGE_RETURN;
    record.contentEnd = record.endsInCrlf ? at - 1 : at;
    record.end = at + (isAny && !record.endsInCrlf ? lineEndBytes(bytes, at, limit) : 1);
    return true;
  }
}

/** What the walk over a file tells while it goes. */
export interface RecordVisitor {
  /**
   * A record, with the 1-based physical line on which it starts. `rejected` sends the walk on with the next physical
   * line where the record spans several: a stray quote has then swallowed lines that may be fine.
   */
  readonly onRecord: (bytes: Uint8Array, record: ScannedRecord, lineNumber: number) => "rejected" | undefined;
  /** After the records of a chunk: a place to flush. */
  readonly afterChunk?: () => Promise<void>;
}

async function fill(file: FileHandle, buffer: Uint8Array, from: number): Promise<number> {
  const { bytesRead } = await file.read(buffer, from, buffer.length - from);
  return bytesRead;
}

const hasUtf8Mark = (bytes: Uint8Array, limit: number) =>
  limit >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

/** Walks the records of a text in UTF-8 in order, in bounded memory; a byte order mark is skipped. */
export async function walkRecords(path: string, dialect: Dialect, visitor: RecordVisitor): Promise<void> {
  const file = await open(path);
  try {
    const chunkBytes = await bytesToHold(file, CHUNK_BYTES);
    const buffer = Buffer.allocUnsafe(chunkBytes + Math.min(chunkBytes, MAX_RECORD_BYTES) + 16);
    const record = newRecord();
    let kept = 0;
    let lineNumber = 1;
    let isDiscarding = false;
    let isFirst = true;
    for (;;) {
      const bytesRead = await fill(file, buffer.subarray(0, kept + chunkBytes), kept);
      const isLast = bytesRead === 0;
      const limit = kept + bytesRead;
      let at = isFirst && hasUtf8Mark(buffer, limit) ? 3 : 0;
      isFirst = false;
      while (at < limit) {
        if (isDiscarding) {
          const [end, next] = lineEndFrom(buffer, at, limit, dialect);
          at = next;
          isDiscarding = end === limit;
          if (!isDiscarding) lineNumber++;
          continue;
        }
        if (!scanRecord(buffer, at, limit, isLast, dialect, record)) break;
        const verdict = visitor.onRecord(buffer, record, lineNumber);
        if (verdict === "rejected" && record.innerBreaks > 0) {
          [, at] = lineEndFrom(buffer, record.start, limit, dialect);
          lineNumber++;
          continue;
        }
        // A record too long for the buffer: its remaining bytes, up to the line end, belong to it.
        isDiscarding = record.problem === "too_long" && record.contentEnd === limit;
        lineNumber += isDiscarding ? 0 : record.innerBreaks + 1;
        at = record.end;
      }
      await visitor.afterChunk?.();
      if (isLast) return;
      buffer.copyWithin(0, at, limit);
      kept = limit - at;
    }
  } finally {
    await file.close();
  }
}
