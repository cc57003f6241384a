import { gunzipSync, zstdDecompressSync } from "node:zlib";

/** What may stand beside a number or an id that is another one than the one looked for. */
const INNER = /[A-Za-z0-9._-]/;

/** Places of an id in bytes that begin in [from, to), as UTF-8, where it is not a part of a longer word or number. */
export function countToken(bytes: Uint8Array, id: string, from = 0, to: number = bytes.length): number {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const needle = Buffer.from(id);
  const isInner = (byte: number | undefined): boolean => byte !== undefined && INNER.test(String.fromCharCode(byte));
  let count = 0;
  for (let at = haystack.indexOf(needle, from); at >= 0 && at < to; at = haystack.indexOf(needle, at + 1)) {
    const after = haystack[at + needle.length];
    // The end of a sentence is no part of a number.
    const isDot = after === 46 && !isInner(haystack[at + needle.length + 1]);
    if (!isInner(haystack[at - 1]) && (!isInner(after) || isDot)) count += 1;
  }
  return count;
}

/**
 * As `countToken`, over content that is read in parts.
 * @param part the bytes from a position on, as many as fit; none ends the search.
 */
export async function countTokenInParts(
  part: (start: number) => Promise<Uint8Array>,
  bytes: number,
  id: string,
): Promise<number> {
  // A place that one part cuts is whole in the next with so much of the part before; two bytes stand beside it.
  const overlap = Buffer.byteLength(id) + 2;
  let count = 0;
  let tail: Uint8Array = new Uint8Array();
  let from = 0;
  for (let start = 0; start < bytes; ) {
    const fresh = await part(start);
    if (fresh.length === 0) break;
    const window = Buffer.concat([tail, fresh]);
    start += fresh.length;
    const to = start >= bytes ? window.length : Math.max(from, window.length - overlap);
    count += countToken(window, id, from, to);
    // The byte before the next place, for what stands beside it.
    tail = window.subarray(Math.max(0, to - 1));
    from = to > 0 ? 1 : 0;
  }
  return count;
}

/** Whether the bytes of a file have to be unpacked to be read. */
export const isPacked = (bytes: Uint8Array): boolean =>
  isGzip(bytes) ||
  isZstd(bytes) ||
  ["PK\x03\x04", "PAR1"].includes(Buffer.from(bytes.subarray(0, 4)).toString("latin1"));
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
const isZstd = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;

/** The content of a file that may be compressed. */
export function decompressed(bytes: Uint8Array): Uint8Array {
  if (isGzip(bytes)) return gunzipSync(bytes);
  return isZstd(bytes) ? zstdDecompressSync(bytes) : bytes;
}
