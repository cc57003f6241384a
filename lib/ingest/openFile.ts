import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { CorruptCompressionError, EmptyFileError, UnreadableFileError, UnsupportedFormatError } from "./errors.ts";
import type { Compression, DropFile } from "./types.ts";

/** Bytes looked at to decide dialect, header and columns. */
export const SAMPLE_BYTES = 256 * 1024;

/** Content that can be read from its start, decompressed. */
export interface OpenedFile {
  readonly source: string;
  /** Where the (decompressed) bytes lie. */
  readonly path: string;
  /** Size as dropped. */
  readonly bytes: number;
  readonly compression: Compression;
  /** Known already when the file had to be read whole; else undefined. */
  readonly contentHash: string | undefined;
}

const hasPrefix = (bytes: Uint8Array, ...prefix: number[]) => prefix.every((byte, i) => bytes[i] === byte);

const ascii = (text: string) => [...text].map((c) => c.charCodeAt(0));

/** Formats that are recognised in order to be named. */
const OTHER_FORMATS: readonly { readonly prefix: readonly number[]; readonly format: string }[] = [
  { prefix: ascii("PAR1"), format: "Parquet" },
  { prefix: [0x50, 0x4b, 0x03, 0x04], format: "ZIP (an Excel workbook, .xlsx, or a .zip archive)" },
  { prefix: [0xd0, 0xcf, 0x11, 0xe0], format: "old Excel (.xls)" },
  { prefix: ascii("%PDF"), format: "PDF" },
  { prefix: ascii("SQLite format 3"), format: "SQLite" },
  { prefix: ascii("BZh"), format: "bzip2" },
  { prefix: [0xfd, 0x37, 0x7a, 0x58, 0x5a], format: "xz" },
  { prefix: [0x37, 0x7a, 0xbc, 0xaf], format: "7-Zip" },
  { prefix: ascii("Obj\u0001"), format: "Avro" },
  { prefix: ascii("ORC"), format: "ORC" },
  { prefix: ascii("ARROW1"), format: "Arrow" },
  { prefix: [0x89, 0x50, 0x4e, 0x47], format: "PNG picture" },
  { prefix: [0xff, 0xd8, 0xff], format: "JPEG picture" },
];

/** Reads up to `bytes` from the start of a file. */
export async function readSample(path: string, bytes = SAMPLE_BYTES): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(bytes);
    let filled = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, filled, bytes - filled, filled);
      filled += bytesRead;
      if (bytesRead === 0 || filled === bytes) return buffer.subarray(0, filled);
    }
  } finally {
    await file.close();
  }
}

function refuseOtherFormats(sample: Uint8Array, source: string): void {
  const other = OTHER_FORMATS.find(({ prefix }) => hasPrefix(sample, ...prefix));
  const text = Buffer.from(sample.subarray(0, 4096))
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trimStart();
  const format =
    other?.format ??
    (/^(\{\s*"|\[\s*[{[])/.test(text) ? "JSON" : undefined) ??
    (/^<(\?xml|!doctype|html)/i.test(text) ? "XML or HTML" : undefined);
  if (format === undefined) return;
  throw new UnsupportedFormatError(
    "unsupported_format",
    `${source} is ${format}, which is not read yet: export it as CSV (plain, .gz or .zst).`,
    { source, format },
  );
}

const compressionOf = (sample: Uint8Array): Compression =>
  hasPrefix(sample, 0x1f, 0x8b) ? "gzip" : hasPrefix(sample, 0x28, 0xb5, 0x2f, 0xfd) ? "zstd" : "none";

async function decompress(file: DropFile, compression: "gzip" | "zstd", target: string): Promise<string> {
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const highWaterMark = 1024 * 1024;
  try {
    await pipeline(
      createReadStream(file.path, { highWaterMark }),
      hashing,
      compression === "gzip"
        ? createGunzip({ chunkSize: highWaterMark })
        : createZstdDecompress({ chunkSize: highWaterMark }),
      createWriteStream(target, { highWaterMark }),
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CorruptCompressionError(
      "corrupt_compression",
      `${file.source} is a damaged ${compression} file (${reason}): transfer or export it again.`,
      { source: file.source, compression },
      { cause },
    );
  }
  return hash.digest("hex");
}

/**
 * Opens a dropped file: checks that it is there and of a format that is read, and decompresses it to `scratchPath`
 * where it is compressed. Throws `UnreadableFileError`, `EmptyFileError`, `UnsupportedFormatError`,
 * `CorruptCompressionError`.
 */
export async function openFile(file: DropFile, scratchPath: string): Promise<OpenedFile> {
  const { source } = file;
  const facts = await stat(file.path).catch((cause: unknown) => {
    throw new UnreadableFileError(
      "file_not_found",
      `${source}: there is no readable file at ${file.path}.`,
      { source },
      { cause },
    );
  });
  if (!facts.isFile()) {
    throw new UnreadableFileError(
      "not_a_file",
      `${source} is a folder or a device, not a file: name the files in it.`,
      { source },
    );
  }
  const sample = await readSample(file.path).catch((cause: unknown) => {
    throw new UnreadableFileError(
      "file_not_readable",
      `${source} cannot be read (${file.path}).`,
      { source },
      { cause },
    );
  });
  if (sample.length === 0) throw new EmptyFileError("empty_file", `${source} is empty (0 bytes).`, { source });
  const compression = compressionOf(sample);
  if (compression === "none") {
    refuseOtherFormats(sample, source);
    return { source, path: file.path, bytes: facts.size, compression, contentHash: undefined };
  }
  const contentHash = await decompress(file, compression, scratchPath);
  const inner = await readSample(scratchPath);
  if (inner.length === 0) throw new EmptyFileError("empty_file", `${source} decompresses to nothing.`, { source });
  refuseOtherFormats(inner, source);
  return { source, path: scratchPath, bytes: facts.size, compression, contentHash };
}
