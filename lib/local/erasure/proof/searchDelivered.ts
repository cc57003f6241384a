import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from "node:zlib";
import { extract } from "tar-stream";
import { fromBufferPromise } from "yauzl";
import { countInBytes, needlesOf } from "./byteText.ts";
import { countInParquet } from "./searchParquet.ts";

type Chunks = AsyncIterable<Uint8Array>;

const WINDOW_CHARACTERS = 4 * 1024 ** 2;
/** As deep as a delivery is ever read, and one more. */
const MAX_DEPTH = 4;
/** What nothing here unpacks: bzip2, xz, 7z, rar. */
const CLOSED = ["BZh", "\xfd7zXZ\0", "7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07"];

/** A format that cannot be looked into. */
class ClosedFormatError extends Error {}

/** Places of an id in a file as somebody delivered it, its members and theirs. Rejects what cannot be unpacked. */
export function countInDelivered(path: string, id: string): Promise<number> {
  return countIn(createReadStream(path), id, 0);
}

async function countIn(chunks: Chunks, id: string, depth: number): Promise<number> {
  const { head, all } = await peek(chunks);
  if (CLOSED.some((magic) => head.startsWith(magic))) throw new ClosedFormatError("The format cannot be looked into.");
  if (depth < MAX_DEPTH) {
    if (head.startsWith("\x1f\x8b")) return countIn(unpacked(all, createGunzip()), id, depth + 1);
    if (head.startsWith("\x28\xb5\x2f\xfd")) return countIn(unpacked(all, createZstdDecompress()), id, depth + 1);
    if (head.startsWith("PK\x03\x04")) return countInZip(all, id, depth + 1);
    if (head.startsWith("PAR1")) return countInParquet(await buffer(all), id);
    if (head.slice(257, 262) === "ustar") return countInTar(all, id, depth + 1);
  }
  return countInText(all, id, wideEncodingOf(head));
}

/** The first bytes, and all of them again. */
async function peek(chunks: Chunks): Promise<{ head: string; all: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  for (let bytes = 0; bytes < 512; bytes += first.at(-1)?.length ?? 0) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    first.push(value);
  }
  const all = async function* (): Chunks {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  return { head: Buffer.concat(first).toString("latin1"), all: all() };
}

/** What an unpacker makes of the bytes; its errors come to whoever reads, and nowhere else. */
function unpacked(chunks: Chunks, unpacker: Gunzip | ZstdDecompress): Chunks {
  pipeline(Readable.from(chunks), unpacker, () => undefined);
  return unpacker;
}

async function countInZip(chunks: Chunks, id: string, depth: number): Promise<number> {
  const zip = await fromBufferPromise(await buffer(chunks));
  let count = 0;
  for await (const entry of zip.eachEntry())
    if (!entry.fileName.endsWith("/")) count += await countIn(await zip.openReadStreamPromise(entry), id, depth);
  return count;
}

async function countInTar(chunks: Chunks, id: string, depth: number): Promise<number> {
  let count = 0;
  const members = extract();
  // Errors come to the loop below.
  Readable.from(chunks)
    .on("error", (error) => members.destroy(error))
    .pipe(members);
  for await (const member of members) count += await countIn(member as unknown as Chunks, id, depth);
  return count;
}

/** Every other byte of plain text in UTF-16 is zero, with a byte order mark or without. */
function wideEncodingOf(head: string): "utf-16le" | "utf-16be" | undefined {
  if (head.startsWith("\xff\xfe") || (head[1] === "\0" && head[0] !== "\0")) return "utf-16le";
  return head.startsWith("\xfe\xff") || (head[0] === "\0" && head[1] !== "\0") ? "utf-16be" : undefined;
}

/** Places in text of any length, or in the bytes of a file that is none. */
export async function countInText(chunks: Chunks, id: string, wide?: "utf-16le" | "utf-16be"): Promise<number> {
  const needles = needlesOf(id);
  const isAddress = /^[^@ ]+@[^@ ]+$/.test(id);
  // A character takes twelve at most where a format writes it otherwise.
  const overlap = 12 * Math.max(...needles.map((needle) => needle.length)) + 64;
  const decoder = wide === undefined ? undefined : new TextDecoder(wide);
  const count = (text: string): number => countInBytes(text, needles, isAddress);
  let total = 0;
  let window = "";
  let known = 0;
  for await (const chunk of chunks) {
    window += asText(chunk, decoder);
    if (window.length < WINDOW_CHARACTERS + overlap) continue;
    total += count(window) - known;
    window = window.slice(-overlap);
    // What lies in the overlap alone is counted again with the next window.
    known = count(window);
  }
  return total + count(window) - known;
}

const asText = (chunk: Uint8Array, decoder: TextDecoder | undefined): string =>
  Buffer.from(decoder === undefined ? chunk : decoder.decode(chunk, { stream: true })).toString("latin1");
