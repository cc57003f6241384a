import { open } from "node:fs/promises";
import { splitFields, type TextLayout } from "./dialect.ts";
import { type Dialect, MAX_RECORD_BYTES, type RecordProblem, type ScannedRecord, walkRecords } from "./scanRecords.ts";
import type { UnreadableLine } from "./types.ts";

/** What became of a text that the engine's parser could not be given as it was. */
export interface RepairedFile {
  /** Records, unreadable ones included. */
  readonly rows: number;
  readonly unreadableRows: number;
  readonly unreadable: readonly UnreadableLine[];
  /** Some field holds a line break: the parser must not split the file between threads. */
  readonly hasInnerBreaks: boolean;
  readonly blankLines: number;
  readonly zeroBytes: number;
}

const PROBLEM: Record<RecordProblem, (column: number) => string> = {
  text_after_quote: (column) => `text after the closing quote of column ${column}`,
  unterminated_quote: (column) => `the quote opened in column ${column} is never closed`,
  too_long: () => `longer than ${MAX_RECORD_BYTES.toLocaleString("en")} bytes (a quote may be missing)`,
};

const FLUSH_BYTES = 4 * 1024 * 1024;

/** Collects records for the target file in large pieces. */
function createWriter(write: (bytes: Uint8Array) => Promise<void>) {
  let buffer = Buffer.allocUnsafe(FLUSH_BYTES);
  let used = 0;
  const reserve = (bytes: number) => {
    if (used + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * buffer.length, used + bytes));
    buffer.copy(larger, 0, 0, used);
    buffer = larger;
  };
  return {
    text(text: string) {
      reserve(3 * text.length);
      used += buffer.write(text, used, "utf8");
    },
    bytes(bytes: Uint8Array) {
      reserve(bytes.length);
      buffer.set(bytes, used);
      used += bytes.length;
    },
    async flush() {
      if (used > 0) await write(buffer.subarray(0, used));
      used = 0;
    },
  };
}

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

/** Fields of a readable record; surplus empty ones at its end are left out. */
function fieldsOf(content: Uint8Array, columns: number, delimiter: number): string[] {
  const fields = splitFields(content, delimiter);
  while (fields.length > columns && fields.at(-1) === "") fields.pop();
  return fields;
}

/** Whether nothing but delimiters (and blanks) follows the last wanted column. */
function complaintOf(record: ScannedRecord, content: Uint8Array, layout: TextLayout): string | undefined {
  if (record.problem !== undefined) return PROBLEM[record.problem](record.problemColumn);
  const expected = layout.header.length;
  if (record.columns === expected) return undefined;
  if (record.columns > expected && fieldsOf(content, expected, layout.delimiter).length === expected) return undefined;
  return `expected ${expected} columns, found ${record.columns}`;
}

/**
 * Rewrites a text in UTF-8 as strict, headerless RFC 4180 with a line feed per record, each record led by its physical
 * line number and followed by the complaint about it (empty when it is readable; else its own columns are empty). Zero
 * bytes are left out (no text column of a database may hold one). Bounded memory; one pass.
 */
export async function repairFile(
  path: string,
  layout: TextLayout,
  target: string,
  maxListed: number,
): Promise<RepairedFile> {
  const out = await open(target, "w");
  const writer = createWriter(async (bytes) => {
    await out.write(bytes);
  });
  const mark = String.fromCharCode(layout.delimiter);
  const empties = mark.repeat(layout.header.length);
  const unreadable: UnreadableLine[] = [];
  let rows = 0;
  let unreadableRows = 0;
  let blankLines = 0;
  let zeroBytes = 0;
  let hasInnerBreaks = false;
  const dialect: Dialect = layout;

  const onRecord = (bytes: Uint8Array, record: ScannedRecord, lineNumber: number) => {
    if (lineNumber <= layout.linesBeforeData) return undefined;
    let content = bytes.subarray(record.start, record.contentEnd);
    if (record.columns === 1 && isBlank(content)) {
      blankLines++;
      return undefined;
    }
    rows++;
    const zeros = countZeros(content);
    if (zeros > 0) {
      zeroBytes += zeros;
      content = content.filter((byte) => byte !== 0);
    }
    const complaint = complaintOf(record, content, layout);
    writer.text(`${lineNumber}${mark}`);
    if (complaint !== undefined) {
      unreadableRows++;
      if (unreadable.length < maxListed) unreadable.push({ lineNumber, complaint });
      writer.text(`${empties}${quoted(complaint)}\n`);
      return "rejected" as const;
    }
    hasInnerBreaks ||= record.innerBreaks > 0 || content.includes(0x0d);
    if (record.isIrregular || record.columns !== layout.header.length) {
      writer.text(fieldsOf(content, layout.header.length, layout.delimiter).map(quoted).join(mark));
    } else writer.bytes(content);
    writer.text(`${mark}\n`);
    return undefined;
  };

  try {
    await walkRecords(path, dialect, { onRecord, afterChunk: () => writer.flush() });
    await writer.flush();
  } finally {
    await out.close();
  }
  return { rows, unreadableRows, unreadable, hasInnerBreaks, blankLines, zeroBytes };
}

function isBlank(content: Uint8Array): boolean {
  for (const byte of content) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}

function countZeros(content: Uint8Array): number {
  let at = content.indexOf(0);
  let zeros = 0;
  while (at >= 0) {
    zeros++;
    at = content.indexOf(0, at + 1);
  }
  return zeros;
}
