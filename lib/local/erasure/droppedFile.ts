import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import { countToken, decompressed } from "../../workflow/erasure/tokens.ts";
import type { Questions } from "./parquetRows.ts";
import { countAnywhere } from "./parquetRows.ts";

const ZIP_MAGIC = "PK\x03\x04";
/** An archive in an archive in an archive is as deep as a drop is ever read. */
const MAX_DEPTH = 3;

/** `ErasureTask.countInDropped` over files of this machine; Parquet by way of DuckDB. */
export const droppedFileSearch =
  (engine: Questions) =>
  async (path: string, id: string): Promise<number> => {
    const bytes = await readFile(path);
    return startOf(bytes, 4) === "PAR1" ? countAnywhere(engine, path, id) : countInDropped(bytes, id);
  };

/**
 * Places of an id in a file as somebody dropped it, read or not: plain, gzip, zstd, archive or workbook, in UTF-8, UTF-16 or
 * Latin-1. Parquet is not its matter. Throws what the unpacking throws for damaged and encrypted files.
 */
export async function countInDropped(bytes: Uint8Array, id: string, depth = 0): Promise<number> {
  const content = decompressed(bytes);
  if (startOf(content, 4) !== ZIP_MAGIC || depth === MAX_DEPTH) return countInText(utf8Of(content), id);
  let count = 0;
  const zip = await fromBufferPromise(Buffer.from(content));
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith("/")) continue;
    count += await countInDropped(await buffer(await zip.openReadStreamPromise(entry)), id, depth + 1);
  }
  return count;
}

const startOf = (bytes: Uint8Array, length: number): string =>
  Buffer.from(bytes.subarray(0, length)).toString("latin1");

/** A workbook's XML has some characters as entities. */
function countInText(bytes: Uint8Array, id: string): number {
  const escaped = id.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const spellings = new Set([id, escaped, escaped.replaceAll("'", "&apos;")]);
  return [...spellings].reduce((sum, spelling) => sum + countToken(bytes, spelling), 0);
}

function utf8Of(bytes: Uint8Array): Uint8Array {
  const start = startOf(bytes, 2);
  // Without a byte order mark, too: every other byte of plain text is zero.
  if (start === "\xff\xfe" || start[1] === "\0") return Buffer.from(new TextDecoder("utf-16le").decode(bytes));
  if (start === "\xfe\xff" || start[0] === "\0") return Buffer.from(new TextDecoder("utf-16be").decode(bytes));
  return isUtf8(bytes) ? bytes : Buffer.from(Buffer.from(bytes).toString("latin1"));
}
