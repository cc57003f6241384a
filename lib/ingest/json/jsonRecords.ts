import { open } from "node:fs/promises";
import { UnreadableJsonError } from "../errors.ts";

/** Longest record in bytes; an order with its lines has some kilobytes. */
export const MAX_JSON_RECORD_BYTES = 16_000_000;

const CHUNK_BYTES = 4 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;

export const isBlankByte = (byte: number) => byte === 0x20 || byte === LINE_FEED || byte === 0x0d || byte === 0x09;

/** How records follow each other. */
export type JsonLayout =
  /** One record per line. */
  | { readonly kind: "lines" }
  /** From a byte on, objects with blanks or commas between them, to the end or a closing bracket. */
  | { readonly kind: "values"; readonly start: number };

export type JsonRecordVisitor = (text: string, recordNumber: number) => void;

/** State of the walk from bracket to bracket. */
export interface Nesting {
  depth: number;
  isInString: boolean;
  isEscaped: boolean;
}

/** Advances over one value that is under way; the index after its end, or `limit`. */
export function skipValue(bytes: Uint8Array, from: number, limit: number, nesting: Nesting): number {
  for (let at = from; at < limit; at++) {
    const byte = bytes[at] as number;
    if (nesting.isInString) {
      if (nesting.isEscaped) nesting.isEscaped = false;
      else if (byte === BACKSLASH) nesting.isEscaped = true;
      else if (byte === QUOTE) nesting.isInString = false;
    } else if (byte === QUOTE) nesting.isInString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) nesting.depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      nesting.depth--;
      if (nesting.depth === 0) return at + 1;
    }
  }
  return limit;
}

async function walkChunks(
  path: string,
  start: number,
  onBytes: (bytes: Buffer, isLast: boolean) => number,
  afterChunk: () => Promise<void>,
  source: string,
): Promise<void> {
  const file = await open(path);
  try {
    let buffer = Buffer.allocUnsafe(2 * CHUNK_BYTES);
    let kept = 0;
    let position = start;
    for (;;) {
      if (buffer.length - kept < CHUNK_BYTES) {
        if (kept > MAX_JSON_RECORD_BYTES) {
          throw new UnreadableJsonError(
            "JSON_RECORD_TOO_LONG",
            `${source}: a record is longer than ${MAX_JSON_RECORD_BYTES.toLocaleString("en")} bytes (a bracket or quote may be missing, or the file is one object and no list of records).`,
            { source },
          );
        }
        buffer = Buffer.concat([buffer], 2 * buffer.length);
      }
      const { bytesRead } = await file.read(buffer, kept, CHUNK_BYTES, position);
      position += bytesRead;
      const limit = kept + bytesRead;
      const used = onBytes(buffer.subarray(0, limit), bytesRead === 0);
      await afterChunk();
      if (bytesRead === 0 || used < 0) return;
      buffer.copyWithin(0, used, limit);
      kept = limit - used;
    }
  } finally {
    await file.close();
  }
}

/**
 * Walks the records of a JSON text in UTF-8 in order, in bounded memory; what stands between records is not looked at.
 * @throws UnreadableJsonError when the text ends within a record.
 */
export async function walkJsonRecords(
  path: string,
  layout: JsonLayout,
  source: string,
  onRecord: JsonRecordVisitor,
  afterChunk: () => Promise<void>,
): Promise<void> {
  let records = 0;
  const emit = (bytes: Buffer, from: number, to: number) =>
    onRecord(bytes.toString("utf8", from, to).replace(/^\ufeff/, ""), ++records);
  if (layout.kind === "lines") {
    const onBytes = (bytes: Buffer, isLast: boolean) => {
      let at = 0;
      for (;;) {
        const found = bytes.indexOf(LINE_FEED, at);
        if (found < 0 && !isLast) return at;
        const end = found < 0 ? bytes.length : found;
        let from = at;
        while (from < end && isBlankByte(bytes[from] as number)) from++;
        if (from < end) emit(bytes, from, end);
        if (found < 0) return end;
        at = found + 1;
      }
    };
    return walkChunks(path, 0, onBytes, afterChunk, source);
  }
  const onBytes = (bytes: Buffer, isLast: boolean) => {
    let at = 0;
    for (;;) {
      while (at < bytes.length && (isBlankByte(bytes[at] as number) || bytes[at] === COMMA)) at++;
      if (at >= bytes.length) return at;
      if (bytes[at] === CLOSE_BRACKET) return -1;
      const end = endOfElement(bytes, at, isLast);
      if (end === undefined) {
        if (!isLast) return at;
        throw new UnreadableJsonError(
          "JSON_CUT_OFF",
          `${source} ends within record ${records + 1}, or a bracket or quote is missing there: transfer or export it again.`,
          { source, record: records + 1 },
        );
      }
      emit(bytes, at, end);
      at = end;
    }
  };
  return walkChunks(path, layout.start, onBytes, afterChunk, source);
}

/** The index after the element that starts at `from`; undefined when the bytes do not hold its end. */
function endOfElement(bytes: Buffer, from: number, isLast: boolean): number | undefined {
  const first = bytes[from];
  if (first === OPEN_BRACE || first === OPEN_BRACKET) {
    const nesting: Nesting = { depth: 0, isInString: false, isEscaped: false };
    const end = skipValue(bytes, from, bytes.length, nesting);
    return nesting.depth === 0 ? end : undefined;
  }
  // Not an object: it ends at the next comma, bracket or line end, and is told to be unreadable.
  for (let at = from + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === COMMA || byte === CLOSE_BRACKET || byte === LINE_FEED || byte === OPEN_BRACE) return at;
  }
  return isLast ? bytes.length : undefined;
}
