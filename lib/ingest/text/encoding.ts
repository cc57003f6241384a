import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { ReadingOptionError } from "../errors.ts";
import type { Encoding } from "../types.ts";

/** Bytes of an incomplete UTF-8 sequence at the end of `bytes` (0..3). */
export function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

export interface Utf8Check {
  /** False as soon as the bytes so far cannot be UTF-8. */
  push(bytes: Uint8Array): boolean;
  /** Whether everything was UTF-8 to its end. */
  finish(): boolean;
}

/** Checks a stream of chunks, wherever they are cut. */
export function createUtf8Check(): Utf8Check {
  let carry = new Uint8Array(0);
  let isValid = true;
  return {
    push(bytes) {
      if (!isValid || bytes.length === 0) return isValid;
      const joined = carry.length === 0 ? bytes : Buffer.concat([carry, bytes]);
      const tail = incompleteTail(joined);
      isValid = isUtf8(joined.subarray(0, joined.length - tail));
      carry = Uint8Array.from(joined.subarray(joined.length - tail));
      return isValid;
    },
    finish: () => isValid && carry.length === 0,
  };
}

export interface ByteOrderMark {
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be";
  readonly bytes: number;
}

export function byteOrderMark(sample: Uint8Array): ByteOrderMark | undefined {
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf) return { encoding: "utf-8", bytes: 3 };
  if (sample[0] === 0xff && sample[1] === 0xfe) return { encoding: "utf-16le", bytes: 2 };
  if (sample[0] === 0xfe && sample[1] === 0xff) return { encoding: "utf-16be", bytes: 2 };
  return undefined;
}

/**
 * UTF-16 without a mark shows by its zero bytes, which no other text has: delimiters, digits and line ends are ASCII in
 * any script, and have one in every other place.
 */
export function guessUtf16(sample: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const pairs = Math.min(2048, Math.floor(sample.length / 2));
  if (pairs < 4) return undefined;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i < pairs; i++) {
    if (sample[2 * i] === 0) evenZeros++;
    if (sample[2 * i + 1] === 0) oddZeros++;
  }
  if (oddZeros > 0.1 * pairs && evenZeros < 0.1 * oddZeros) return "utf-16le";
  if (evenZeros > 0.1 * pairs && oddZeros < 0.1 * evenZeros) return "utf-16be";
  return undefined;
}

/**
 * How many multi-byte sequences of a chunk are well-formed UTF-8, and how many bytes above 0x7F belong to none: a file
 * in UTF-8 with a few broken bytes differs by orders of magnitude from one in a single-byte encoding.
 */
export function countSequences(bytes: Uint8Array): { wellFormed: number; stray: number } {
  let wellFormed = 0;
  let stray = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x80) continue;
    const length = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 && byte < 0xe0 ? 2 : 0;
    let following = 0;
    while (following < length - 1 && ((bytes[i + 1 + following] ?? 0) & 0xc0) === 0x80) following++;
    if (length > 0 && byte < 0xf5 && following === length - 1) {
      wellFormed++;
      i += following;
    } else stray++;
  }
  return { wellFormed, stray };
}

/** Windows-1252 in place of the C1 controls of Latin-1 (WHATWG's table; the five holes stay controls). */
const WINDOWS_1252 =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

/** A decoder of chunks to text; `last` flushes what is pending. */
export type ChunkDecoder = (chunk: Uint8Array, last: boolean) => string;

/** Names of the WHATWG standard that are something else here: its Latin-1 is Windows-1252 anyway. */
const ALIASES: Readonly<Record<string, string>> = {
  ansi: "windows-1252",
  utf16: "utf-16le",
  "utf-16": "utf-16le",
  utf16le: "utf-16le",
  utf16be: "utf-16be",
  macroman: "macintosh",
  "mac-roman": "macintosh",
  "x-mac-roman": "macintosh",
};

/** No character encodings, though the library has them under such names. */
const NOT_ENCODINGS = new Set(["base64", "hex", "binary", "utf7", "utf-7", "utf7imap", "utf-7-imap"]);

/**
 * The encoding that a name means, as it is shown.
 * @throws ReadingOptionError for a name that means none.
 */
export function encodingNamed(name: string): Encoding {
  const wanted = name.trim().toLowerCase();
  const alias = ALIASES[wanted] ?? wanted;
  try {
    return new TextDecoder(alias).encoding;
  } catch {
    // Code pages of DOS and others are the library's.
    if (!NOT_ENCODINGS.has(alias) && alias !== "" && iconv.encodingExists(alias)) return alias;
  }
  throw new ReadingOptionError(
    "UNKNOWN_ENCODING",
    `--encoding ${name}: there is no such character encoding. Usual ones: utf-8, utf-16le, utf-16be, windows-1252 (Latin-1), windows-1250, windows-1254, cp437, cp850, macintosh, shift_jis, gb18030.`,
    { encoding: name },
  );
}

/** Decodes any encoding of `encodingNamed`; malformed sequences become U+FFFD. A byte order mark is dropped. */
export function createDecoder(encoding: Encoding): ChunkDecoder {
  if (encoding === "windows-1252") {
    return (chunk) =>
      Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        .toString("latin1")
        .replace(/[\x80-\x9f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80] as string);
  }
  if (isWhatwg(encoding)) {
    const decoder = new TextDecoder(encoding);
    return (chunk, last) => decoder.decode(chunk, { stream: !last });
  }
  const decoder = iconv.getDecoder(encoding);
  return (chunk, last) => decoder.write(Buffer.from(chunk)) + (last ? (decoder.end() ?? "") : "");
}

function isWhatwg(encoding: Encoding): boolean {
  try {
    return new TextDecoder(encoding).encoding === encoding;
  } catch {
    // Not of the standard: the library's.
    return false;
  }
}
