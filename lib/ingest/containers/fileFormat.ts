import { UnsupportedFormatError } from "../errors.ts";

/** What the first bytes of a file say that it is. Text is looked at again once it is decoded. */
export type Container = "text" | "parquet" | "zip" | "tar" | "gzip" | "zstd";

const hasBytes = (bytes: Uint8Array, at: number, wanted: readonly number[]) =>
  wanted.every((byte, i) => bytes[at + i] === byte);

const ascii = (text: string) => [...text].map((c) => c.charCodeAt(0));

const SAVE_AS = "export it as CSV (plain, .gz, .zst, .zip or .tar), .xlsx, JSON or Parquet";

interface NamedFormat {
  readonly prefix: readonly number[];
  readonly format: string;
  readonly advice?: string;
}

/** Formats that are recognised in order to be named. */
const OTHER_FORMATS: readonly NamedFormat[] = [
  {
    prefix: [0xd0, 0xcf, 0x11, 0xe0],
    format: "old Excel (.xls) or a workbook with a password",
    advice: "open it and save it as an Excel workbook (.xlsx) without a password, or as CSV",
  },
  { prefix: ascii("%PDF"), format: "PDF" },
  { prefix: ascii("SQLite format 3"), format: "SQLite" },
  { prefix: ascii("BZh"), format: "bzip2", advice: "unpack it, or pack it as .gz, .zst or .zip" },
  { prefix: [0xfd, 0x37, 0x7a, 0x58, 0x5a], format: "xz", advice: "unpack it, or pack it as .gz, .zst or .zip" },
  { prefix: [0x37, 0x7a, 0xbc, 0xaf], format: "7-Zip", advice: "unpack it, or pack it as .gz, .zst or .zip" },
  { prefix: ascii("Rar!"), format: "RAR", advice: "unpack it, or pack it as .gz, .zst or .zip" },
  { prefix: ascii("Obj\u0001"), format: "Avro" },
  { prefix: ascii("ORC"), format: "ORC" },
  { prefix: ascii("ARROW1"), format: "Arrow" },
  { prefix: [0x89, 0x50, 0x4e, 0x47], format: "PNG picture" },
  { prefix: [0xff, 0xd8, 0xff], format: "JPEG picture" },
];

/** A refusal that names the format and what to do. */
export const unsupported = (source: string, format: string, advice = SAVE_AS): UnsupportedFormatError =>
  new UnsupportedFormatError("UNSUPPORTED_FORMAT", `${source} is ${format}, which is not read: ${advice}.`, {
    source,
    format,
  });

/**
 * Tells a file by its first bytes.
 * @throws UnsupportedFormatError for what is known and not read.
 */
export function containerOf(sample: Uint8Array, source: string): Container {
  const other = OTHER_FORMATS.find(({ prefix }) => hasBytes(sample, 0, prefix));
  if (other !== undefined) throw unsupported(source, other.format, other.advice);
  if (hasBytes(sample, 257, ascii("ustar"))) return "tar";
  if (hasBytes(sample, 0, ascii("PAR1"))) return "parquet";
  if (hasBytes(sample, 0, [0x50, 0x4b, 0x03, 0x04]) || hasBytes(sample, 0, [0x50, 0x4b, 0x05, 0x06])) return "zip";
  if (hasBytes(sample, 0, [0x1f, 0x8b])) return "gzip";
  if (hasBytes(sample, 0, [0x28, 0xb5, 0x2f, 0xfd])) return "zstd";
  return "text";
}

/**
 * Whether a text in UTF-8 is JSON, by its start.
 * @throws UnsupportedFormatError for XML and HTML.
 */
export function isJsonText(sample: Uint8Array, source: string): boolean {
  const text = Buffer.from(sample.subarray(0, 4096))
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trimStart();
  if (/^<(\?xml|!doctype|html|table)/i.test(text)) {
    throw unsupported(
      source,
      "XML or HTML",
      "some shops name such a page .xls: open it and save it as an Excel workbook (.xlsx) or as CSV",
    );
  }
  return /^(\{\s*["}]|\[\s*[{[\]])/.test(text);
}
