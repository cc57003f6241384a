import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import { decompressed } from "../../workflow/erasure/packed.ts";
import { countSpellings } from "../../workflow/erasure/spellings.ts";
import { readAsLegacy } from "./legacyText.ts";
import type { Questions } from "./parquetRows.ts";
import { countAnywhere } from "./parquetRows.ts";

const ZIP_MAGIC = "PK\x03\x04";
/** An archive in an archive in an archive is as deep as a drop is ever read. */
const MAX_DEPTH = 3;
/** Text is looked through by so many bytes at once: Node's strings end at half a gigabyte. */
const PART_BYTES = 64 * 1024 ** 2;
/** A place that one part cuts is whole in the next, which begins so much earlier; ids are not that long. */
const OVERLAP_BYTES = 1024 ** 2;

/** `ErasureTask.countInDropped` over files of this machine; Parquet by way of DuckDB. */
export const droppedFileSearch =
  (engine: Questions) =>
  async (path: string, id: string): Promise<number> => {
    const bytes = await readFile(path);
    return startOf(bytes, 4) === "PAR1" ? countAnywhere(engine, path, id) : countInDropped(bytes, id);
  };

/**
 * Places of an id in a file as somebody dropped it, read or not: plain, gzip, zstd, archive or workbook, in UTF-8,
 * UTF-16 or a code page. Parquet is not its matter. Throws what the unpacking throws for damaged and encrypted files.
 */
export async function countInDropped(bytes: Uint8Array, id: string, depth = 0): Promise<number> {
  const content = decompressed(bytes);
  if (startOf(content, 4) !== ZIP_MAGIC || depth === MAX_DEPTH) return countInText(content, id);
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

function countInText(bytes: Uint8Array, id: string): number {
  let count = 0;
  for (let start = 0; start === 0 || start < bytes.length; start += PART_BYTES) {
    const read = (from: number, to: number): number => Math.max(...textsOf(bytes.subarray(from, to), bytes, id));
    const from = Math.max(0, start - OVERLAP_BYTES);
    // What lies within the overlap alone was counted with the part before.
    count += read(from, start + PART_BYTES) - (from < start ? read(from, start) : 0);
  }
  return count;
}

/** Places by each reading of the bytes that there may be. */
function textsOf(bytes: Uint8Array, whole: Uint8Array, id: string): number[] {
  const start = startOf(whole, 2);
  // Without a byte order mark, too: every other byte of plain text is zero.
  if (start === "\xff\xfe" || start[1] === "\0") return [countSpellings(new TextDecoder("utf-16le").decode(bytes), id)];
  if (start === "\xfe\xff" || start[0] === "\0") return [countSpellings(new TextDecoder("utf-16be").decode(bytes), id)];
  if (isUtf8(whole)) return [countSpellings(Buffer.from(bytes).toString("utf8"), id)];
  return readAsLegacy(bytes, id).map((text) => countSpellings(text, id));
}
