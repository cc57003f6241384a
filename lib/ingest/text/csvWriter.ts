import { open } from "node:fs/promises";

const FLUSH_BYTES = 4 * 1024 * 1024;

/** Collects records for a target file in large pieces. */
export function createWriter(write: (bytes: Uint8Array) => Promise<void>) {
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

/** A field in quotes. */
export const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

/** A table in the making: strict, headerless CSV with the line number first and the complaint last. */
export interface TableFile {
  /** Adds a record. Throws nothing for any text; a field that is null is left empty. */
  row(lineNumber: number, fields: readonly (string | null)[]): void;
  /** Adds a record that cannot be read, with what is wrong. */
  unreadable(lineNumber: number, complaint: string): void;
  flush(): Promise<void>;
  close(): Promise<void>;
  facts(): { readonly rows: number; readonly hasInnerBreaks: boolean };
}

/** Opens a table file with the given number of columns; missing fields at the end of a row are left empty. */
export async function openTableFile(path: string, columns: () => number): Promise<TableFile> {
  const out = await open(path, "w");
  const writer = createWriter(async (bytes) => {
    await out.write(bytes);
  });
  let rows = 0;
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
  return {
    row: (lineNumber, fields) => add(lineNumber, fields, ""),
    unreadable: (lineNumber, complaint) => add(lineNumber, [null], quoted(complaint)),
    flush: () => writer.flush(),
    async close() {
      await writer.flush();
      await out.close();
    },
    facts: () => ({ rows, hasInnerBreaks }),
  };
}
