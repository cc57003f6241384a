import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { byteOrderMark, countSequences, createDecoder, createUtf8Check, guessUtf16 } from "./encoding.ts";
import { readSample } from "./openFile.ts";
import { createRegularityCheck } from "./quickCheck.ts";
import type { Dialect } from "./scanRecords.ts";
import type { Encoding } from "./types.ts";

const CHUNK_BYTES = 2 * 1024 * 1024;

export interface TextCheck {
  readonly isUtf8: boolean;
  /** Physical lines when the engine's parser may read the text as it is (see `createRegularityCheck`). */
  readonly regularLines: number | undefined;
  /** SHA-256, when asked for. */
  readonly contentHash: string | undefined;
}

/** Reads a file once: is it UTF-8, is it regular, what is its hash. */
export async function checkText(path: string, dialect: Dialect, withHash: boolean): Promise<TextCheck> {
  const hash: Hash | undefined = withHash ? createHash("sha256") : undefined;
  const utf8 = createUtf8Check();
  const regularity = createRegularityCheck(dialect);
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      hash?.update(chunk);
      const isUtf8 = utf8.push(chunk);
      if (isUtf8) regularity.push(chunk);
      else if (hash === undefined) break;
    }
  } finally {
    await file.close();
  }
  const isUtf8 = utf8.finish();
  return { isUtf8, regularLines: isUtf8 ? regularity.finish() : undefined, contentHash: hash?.digest("hex") };
}

/** Encoding that the first bytes declare or give away; undefined when only the whole file can tell. */
export async function declaredEncoding(path: string): Promise<"utf-16le" | "utf-16be" | undefined> {
  const sample = await readSample(path, 4096);
  const mark = byteOrderMark(sample);
  if (mark !== undefined) return mark.encoding === "utf-8" ? undefined : mark.encoding;
  return guessUtf16(sample);
}

/**
 * Decides the encoding of a file that is not well-formed UTF-8: UTF-8 with a few broken sequences (then they become
 * U+FFFD and are counted), or else Windows-1252, which holds all of Latin-1's letters.
 */
export async function decideEncoding(path: string): Promise<{ encoding: Encoding; broken: number }> {
  let wellFormed = 0;
  let stray = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const counts = countSequences(chunk as Buffer);
    wellFormed += counts.wellFormed;
    stray += counts.stray;
  }
  return wellFormed > 10 * stray ? { encoding: "utf-8", broken: stray } : { encoding: "windows-1252", broken: 0 };
}

/** Writes the text of a file in any supported encoding as UTF-8 without a byte order mark. */
export async function transcode(path: string, encoding: Encoding, target: string): Promise<void> {
  const decode = createDecoder(encoding);
  const out = await open(target, "w");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      await out.write(Buffer.from(decode(chunk as Buffer, false), "utf8"));
    }
    await out.write(Buffer.from(decode(new Uint8Array(0), true), "utf8"));
  } finally {
    await out.close();
  }
}
