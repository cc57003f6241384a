import { gunzipSync, zstdDecompressSync } from "node:zlib";

/** What may stand beside a number or an id that is another one than the one looked for. */
const INNER = /[A-Za-z0-9._-]/;

/** Places of an id in bytes, as UTF-8, where it is not a part of a longer word or number. */
export function countToken(bytes: Uint8Array, id: string): number {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const needle = Buffer.from(id);
  const isInner = (byte: number | undefined): boolean => byte !== undefined && INNER.test(String.fromCharCode(byte));
  let count = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
    const after = haystack[at + needle.length];
    // The end of a sentence is no part of a number.
    const isDot = after === 46 && !isInner(haystack[at + needle.length + 1]);
    if (!isInner(haystack[at - 1]) && (!isInner(after) || isDot)) count += 1;
  }
  return count;
}

/** The content of a file that may be compressed. */
export function decompressed(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes);
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd)
    return zstdDecompressSync(bytes);
  return bytes;
}
