import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { readSample } from "../containers/openFile.ts";
import type { Encoding } from "../types.ts";
import { countHighBytes, guessCodePage, newHighBytes } from "./codePage.ts";
import { byteOrderMark, countSequences, createDecoder, createUtf8Check, guessUtf16 } from "./encoding.ts";
import { createRegularityCheck } from "./quickCheck.ts";
import type { Dialect } from "./scanRecords.ts";

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

/** Reads a file once: is it UTF-8, and what is its SHA-256. */
export async function checkUtf8(path: string): Promise<{ readonly isUtf8: boolean; readonly contentHash: string }> {
  const hash = createHash("sha256");
  const utf8 = createUtf8Check();
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    hash.update(chunk as Buffer);
    utf8.push(chunk as Buffer);
  }
  return { isUtf8: utf8.finish(), contentHash: hash.digest("hex") };
}

/** Encoding that the first bytes declare or give away; undefined when only the whole file can tell. */
export async function declaredEncoding(path: string): Promise<"utf-16le" | "utf-16be" | undefined> {
  const sample = await readSample(path, 4096);
  const mark = byteOrderMark(sample);
  if (mark !== undefined) return mark.encoding === "utf-8" ? undefined : mark.encoding;
  return guessUtf16(sample);
}

export interface EncodingDecision {
  readonly encoding: Encoding;
  /** Sequences that are not valid and become U+FFFD. */
  readonly broken: number;
  /** What was decided and how sure it is. */
  readonly note: string;
}

const ENCODING_NAMES: Readonly<Record<string, string>> = {
  "windows-1252": "Windows-1252 (Latin-1)",
  macintosh: "Mac Roman",
  cp437: "code page 437 (DOS)",
  cp850: "code page 850 (DOS)",
};

/**
 * Decides the encoding of a file that is not well-formed UTF-8: UTF-8 with a few broken sequences (then they become
 * U+FFFD and are counted), or else the single-byte encoding whose letters make the most plausible words.
 */
export async function decideEncoding(path: string): Promise<EncodingDecision> {
  let wellFormed = 0;
  let stray = 0;
  const highBytes = newHighBytes();
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const counts = countSequences(chunk as Buffer);
    wellFormed += counts.wellFormed;
    stray += counts.stray;
    countHighBytes(highBytes, chunk as Buffer);
  }
  if (wellFormed > 10 * stray) {
    const note = `${stray} byte${stray === 1 ? " is" : "s are"} not valid UTF-8 and read as U+FFFD`;
    return { encoding: "utf-8", broken: stray, note };
  }
  const { encoding, certainty, characters, runnerUp } = guessCodePage(highBytes);
  const name = (id: string) => ENCODING_NAMES[id] ?? id;
  const advice = certainty === "sure" ? "" : `; if words look wrong: --encoding ${runnerUp ?? "cp850"}`;
  const letters = `${characters} letter${characters === 1 ? "" : "s"} or sign${characters === 1 ? "" : "s"} beyond ASCII`;
  return { encoding, broken: 0, note: `encoding ${name(encoding)}, ${certainty} from ${letters}${advice}` };
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

/** Decoded text in a file of its own, or the file itself. */
export interface Text {
  readonly path: string;
  readonly encoding: Encoding;
  readonly notes: readonly string[];
  /** What stands between fields where it is not what the text was given in its place. */
  readonly delimiter?: number;
}
