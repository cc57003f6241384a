import { gunzipSync, zstdDecompressSync } from "node:zlib";

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
const isZstd = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;

/** The content of a file that may be compressed. */
export function decompressed(bytes: Uint8Array): Uint8Array {
  if (isGzip(bytes)) return gunzipSync(bytes);
  return isZstd(bytes) ? zstdDecompressSync(bytes) : bytes;
}
