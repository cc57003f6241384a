import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { CorruptCompressionError, DecompressionBombError, type IngestError } from "../errors.ts";

const CHUNK_BYTES = 1024 * 1024;

/**
 * Content that unpacks to more than this is refused when it was packed tighter than `MAX_RATIO`: transactions pack 5 to
 * 30 times, a bomb a thousand times and more.
 */
export const BOMB_MIN_BYTES = 1024 ** 3;
export const MAX_RATIO = 200;

/** A transform that refuses a decompression bomb as soon as it shows. */
export function createBombGuard(source: string, packedBytes: number, minBytes = BOMB_MIN_BYTES): Transform {
  const maxBytes = Math.max(minBytes, MAX_RATIO * packedBytes);
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= maxBytes) done(null, chunk);
      else done(bombError(source, packedBytes, maxBytes));
    },
  });
}

export function bombError(source: string, packedBytes: number, maxBytes: number): DecompressionBombError {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6).toLocaleString("en")} MB`;
  return new DecompressionBombError(
    "DECOMPRESSION_BOMB",
    `${source} unpacks to more than ${megabytes(maxBytes)} from ${megabytes(packedBytes)}, over ${MAX_RATIO} times its size, as no table does: unpack it yourself and drop what is in it.`,
    { source, packedBytes, maxBytes },
  );
}

/** A stream that keeps the SHA-256 of what passes. */
export function createHashing(): { readonly stream: Transform; digest(): string } {
  const hash = createHash("sha256");
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, digest: () => hash.digest("hex") };
}

/** Streams into a file. Errors other than our own become `CorruptCompressionError` that name the format. */
export async function unpackTo(
  target: string,
  streams: readonly [Readable, ...Transform[]],
  context: { readonly source: string; readonly format: string },
): Promise<void> {
  try {
    await pipeline([...streams, createWriteStream(target, { highWaterMark: CHUNK_BYTES })]);
  } catch (cause) {
    if (cause instanceof DecompressionBombError) throw cause;
    throw corrupt(context.source, context.format, cause);
  }
}

export function corrupt(source: string, format: string, cause: unknown): IngestError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const isFull = cause instanceof Error && "code" in cause && cause.code === "ENOSPC";
  return new CorruptCompressionError(
    isFull ? "SCRATCH_FULL" : "CORRUPT_COMPRESSION",
    isFull
      ? `${source} does not fit unpacked on the disk of temporary files (${reason}): make room, or drop it in parts.`
      : `${source} is a damaged ${format} file (${reason}): transfer or export it again.`,
    { source, compression: format },
    { cause },
  );
}

/** Decompresses a gzip or zstd file to `target`. Returns the SHA-256 of the file as it was. */
export async function decompress(
  file: { readonly path: string; readonly source: string; readonly bytes: number },
  compression: "gzip" | "zstd",
  target: string,
): Promise<string> {
  const hashing = createHashing();
  const inflate =
    compression === "gzip"
      ? createGunzip({ chunkSize: CHUNK_BYTES })
      : createZstdDecompress({ chunkSize: CHUNK_BYTES });
  await unpackTo(
    target,
    [
      createReadStream(file.path, { highWaterMark: CHUNK_BYTES }),
      hashing.stream,
      inflate as unknown as Transform,
      createBombGuard(file.source, file.bytes),
    ],
    { source: file.source, format: compression },
  );
  return hashing.digest();
}
