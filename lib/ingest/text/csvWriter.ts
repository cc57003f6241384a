import { open } from "node:fs/promises";
import { checkColumns, type TableBudget } from "../load/budget.ts";
import type { UnreadableLine } from "../types.ts";
import { MAX_RECORD_BYTES } from "./scanRecords.ts";

/** The buffer grows with what is written between two flushes. */
const FIRST_BYTES = 64 * 1024;

/** Collects records for a target file in large pieces. */
export function createWriter(write: (bytes: Uint8Array) => Promise<void>) {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES);
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

/** A field in quotes. */
export const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

export interface TableFacts {
  readonly rows: number;
  readonly hasInnerBreaks: boolean;
  readonly unreadableRows: number;
  /** The first of them. */
  readonly unreadable: readonly UnreadableLine[];
}

/** A table in the making: strict, headerless CSV with the line number first and the complaint last. */
export interface TableFile {
  /** Adds a record; a field that is null is left empty. One too long for the engine's parser becomes unreadable. */
  row(lineNumber: number, fields: readonly (string | null)[]): void;
  /** Adds a record that cannot be read, with what is wrong. */
  unreadable(lineNumber: number, complaint: string): void;
  flush(): Promise<void>;
  close(): Promise<void>;
  facts(): TableFacts;
}

/** What a table file is to hold. */
export interface TableFileOptions {
  readonly source: string;
  /** How many columns there are by now; missing fields at the end of a row are left empty. */
  readonly columns: () => number;
  readonly budget: TableBudget;
  /** Unreadable rows that are listed, at most. */
  readonly maxListed: number;
}

/** Opens a table file. Its rows throw `OverBudgetError`. */
export async function openTableFile(
  path: string,
  { source, columns, budget, maxListed }: TableFileOptions,
): Promise<TableFile> {
  const out = await open(path, "w");
  const writer = createWriter(async (bytes) => {
    await out.write(bytes);
  });
  const unreadable: UnreadableLine[] = [];
  let rows = 0;
  let unreadableRows = 0;
  let hasInnerBreaks = false;
  const field = (value: string | null): string => {
    if (value === null) return "";
    if (!/[",\r\n\0]/.test(value)) return value;
    hasInnerBreaks ||= /[\r\n]/.test(value);
    return quoted(value.replaceAll("\0", ""));
  };
  const add = (lineNumber: number, fields: readonly (string | null)[], complaint: string): void => {
    rows++;
    const missing = ",".repeat(Math.max(0, columns() - fields.length));
    writer.text(`${lineNumber},${fields.map(field).join(",")}${missing},${complaint}\n`);
  };
  const addUnreadable = (lineNumber: number, complaint: string): void => {
    budget.spend(columns(), 0);
    unreadableRows++;
    if (unreadable.length < maxListed) unreadable.push({ lineNumber, complaint });
    add(lineNumber, [null], quoted(complaint));
  };
  return {
    row(lineNumber, fields) {
      checkColumns(source, columns());
      const characters = fields.reduce((sum, value) => sum + (value?.length ?? 0), 0);
      // In UTF-8, at worst, and what stands around the fields.
      if (3 * characters + 4 * columns() + 100 > MAX_RECORD_BYTES) {
        addUnreadable(lineNumber, `longer than ${MAX_RECORD_BYTES.toLocaleString("en")} bytes`);
        return;
      }
      budget.spend(columns(), characters);
      add(lineNumber, fields, "");
    },
    unreadable: addUnreadable,
    flush: () => writer.flush(),
    async close() {
      await writer.flush();
      await out.close();
    },
    facts: () => ({ rows, hasInnerBreaks, unreadableRows, unreadable }),
  };
}
