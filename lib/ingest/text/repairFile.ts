import { open } from "node:fs/promises";
import type { TableBudget } from "../load/budget.ts";
import type { UnreadableLine } from "../types.ts";
import { createWriter, quoted } from "./csvWriter.ts";
import type { TextLayout } from "./dialect.ts";
import { type Dialect, MAX_RECORD_BYTES, type RecordProblem, type ScannedRecord, walkRecords } from "./scanRecords.ts";
import { splitFields } from "./splitFields.ts";

/** What became of a text that the engine's parser could not be given as it was. */
export interface RepairedFile {
  /** Records, unreadable ones included. */
  readonly rows: number;
  readonly unreadableRows: number;
  readonly unreadable: readonly UnreadableLine[];
  /** Some field holds a line break: the parser must not split the file between threads. */
  readonly hasInnerBreaks: boolean;
  readonly blankLines: number;
  /** Lines that are drawn between rows: `-----`, `=====`. */
  readonly ruledLines: number;
  readonly zeroBytes: number;
}

const PROBLEM: Record<RecordProblem, (column: number) => string> = {
  text_after_quote: (column) => `text after the closing quote of column ${column}`,
  unterminated_quote: (column) => `the quote opened in column ${column} is never closed`,
  too_long: () => `longer than ${MAX_RECORD_BYTES.toLocaleString("en")} bytes (a quote may be missing)`,
};

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
 * @throws OverBudgetError
 * where lines that cannot be read would make a file many times as large.
 */
export async function repairFile(
  path: string,
  layout: TextLayout,
  target: string,
  { maxListed, budget }: { readonly maxListed: number; readonly budget: TableBudget },
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
  let ruledLines = 0;
  let zeroBytes = 0;
  let hasInnerBreaks = false;
  const dialect: Dialect = layout;

  const onRecord = (bytes: Uint8Array, record: ScannedRecord, lineNumber: number) => {
    if (lineNumber <= layout.linesBeforeData) return undefined;
    const content = bytes.subarray(record.start, record.contentEnd);
    if (record.columns === 1 && isBlank(content)) {
      blankLines++;
      return undefined;
    }
    if (record.columns === 1 && layout.header.length > 1 && isRuled(content)) {
      ruledLines++;
      return undefined;
    }
    rows++;
    const zeros = countZeros(content);
    zeroBytes += zeros;
    const complaint = complaintOf(record, content, layout);
    writer.text(`${lineNumber}${mark}`);
    if (complaint !== undefined) {
      unreadableRows++;
      budget.spend(layout.header.length, 0);
      if (unreadable.length < maxListed) unreadable.push({ lineNumber, complaint });
      writer.text(`${empties}${quoted(complaint)}\n`);
      return "rejected" as const;
    }
    hasInnerBreaks ||= record.innerBreaks > 0 || content.includes(0x0d);
    if (record.isIrregular || zeros > 0 || record.columns !== layout.header.length) {
      const fields = fieldsOf(content, layout.header.length, layout.delimiter);
      // Only now: a zero byte before a quote makes the quote a part of the value.
      writer.text(fields.map((field) => quoted(field.replaceAll("\0", ""))).join(mark));
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
  return { rows, unreadableRows, unreadable, hasInnerBreaks, blankLines, ruledLines, zeroBytes };
}

function isBlank(content: Uint8Array): boolean {
  for (const byte of content) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}

const isRuled = (content: Uint8Array): boolean =>
  content.length >= 3 &&
  content.length < 10_000 &&
  /^[-=_+ ]*[-=_]{3}[-=_+ ]*$/.test(Buffer.from(content).toString("latin1"));

function countZeros(content: Uint8Array): number {
  let at = content.indexOf(0);
  let zeros = 0;
  while (at >= 0) {
    zeros++;
    at = content.indexOf(0, at + 1);
  }
  return zeros;
}
