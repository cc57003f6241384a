import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { bytesToHold, readSample } from "../containers/openFile.ts";
import type { Encoding } from "../types.ts";
import { byteOrderMark, countSequences, createDecoder, createUtf8Check, guessUtf16 } from "./encoding.ts";
import { type EncodingDoubt, guessEncoding } from "./guess/guessEncoding.ts";
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
    const buffer = Buffer.allocUnsafe(await bytesToHold(file, CHUNK_BYTES));
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
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
  /** Other encodings are nearly as likely. */
  readonly doubt?: EncodingDoubt;
}

const ENCODING_NAMES: Readonly<Record<string, string>> = {
  "windows-1252": "Windows-1252 (Latin-1)",
  macintosh: "Mac Roman",
  cp437: "code page 437 (DOS)",
  cp850: "code page 850 (DOS)",
};

/** Lines with bytes beyond ASCII are what tells encodings apart; so many bytes of them are enough. */
const EVIDENCE_BYTES = 512 * 1024;
const EVIDENCE_BYTES_PER_CHUNK = 64 * 1024;

/** The part of a chunk from the start of the first line with a byte beyond ASCII. */
function evidenceOf(chunk: Buffer): Buffer {
  const first = chunk.findIndex((byte) => byte >= 0x80);
  if (first < 0) return chunk.subarray(0, 0);
  const start = chunk.lastIndexOf(0x0a, first) + 1;
  return chunk.subarray(start, start + EVIDENCE_BYTES_PER_CHUNK);
}

/** Notes which bytes beyond ASCII a chunk has. */
function markPresent(present: Uint8Array, chunk: Buffer): void {
  for (let i = 0; i < chunk.length; i++) present[chunk[i] as number] = 1;
}

/** So much likelier, as a natural logarithm, one encoding must be than the next to be taken, and to be sure of it. */
export const LIKELY = 6;
const SURE = 12;

const counted = (characters: number, what: string): string => `${characters} ${what}${characters === 1 ? "" : "s"}`;

/**
 * Decides the encoding of a file that is not well-formed UTF-8: UTF-8 with a few broken sequences (then they become
 * U+FFFD and are counted), or the one that makes the likeliest words.
 */
export async function decideEncoding(path: string): Promise<EncodingDecision> {
  let wellFormed = 0;
  let stray = 0;
  const isPresent = new Uint8Array(256);
  const evidence: Buffer[] = [];
  let evidenceBytes = 0;
  for await (const part of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const chunk = part as Buffer;
    const counts = countSequences(chunk);
    wellFormed += counts.wellFormed;
    stray += counts.stray;
    markPresent(isPresent, chunk);
    if (evidenceBytes > EVIDENCE_BYTES) continue;
    evidence.push(Buffer.from(evidenceOf(chunk)), Buffer.from("\n"));
    evidenceBytes += (evidence.at(-2) as Buffer).length;
  }
  if (wellFormed > 10 * stray) {
    const note = `${counted(stray, "byte")} ${stray === 1 ? "is" : "are"} not valid UTF-8 and read as U+FFFD`;
    return { encoding: "utf-8", broken: stray, note };
  }
  const present = [...isPresent.keys()].filter((byte) => byte >= 0x80 && isPresent[byte] === 1);
  const { encoding, words, rivals } = guessEncoding(Buffer.concat(evidence), present);
  const margin = rivals[0]?.margin ?? Number.POSITIVE_INFINITY;
  const certainty = margin >= SURE ? "sure" : margin >= LIKELY ? "likely" : "unsure";
  const advice = certainty === "sure" ? "" : `; if words look wrong: --encoding ${rivals[0]?.encoding}`;
  const note = `encoding ${ENCODING_NAMES[encoding] ?? encoding}, ${certainty} from words like ${words}${advice}`;
  const near = rivals.filter((rival) => rival.margin < LIKELY);
  return { encoding, broken: 0, note, ...(near.length === 0 ? {} : { doubt: { encoding, rivals: near } }) };
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
  /** Other encodings are nearly as likely. */
  readonly doubt?: EncodingDoubt;
  /** What stands between fields where it is not what the text was given in its place. */
  readonly delimiter?: number;
}
