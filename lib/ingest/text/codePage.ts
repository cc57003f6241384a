import { createDecoder } from "./encoding.ts";

/**
 * Tells single-byte encodings apart by what their letters would do to the words: a lower-case accented letter belongs
 * beside lower-case letters, a currency sign beside digits, and box-drawing nowhere.
 */

/** In order of preference where nothing tells them apart. */
const CANDIDATES = ["windows-1252", "macintosh", "cp437", "cp850"] as const;

const COMMON_LOWER = new Set("éèàçùâêîôûëïüöäßñáíóúãõåøæœ");
const TYPOGRAPHY = new Set("’‘“”„–—…•«»‹›¡¿´·\u00a0");
const CURRENCIES = new Set("€£¥¢");
const SIGNS = new Set("°²³¹½¼¾®©™§ªº×±µ%‰");
/** A letter that a few French names have; its byte is a no-break space on DOS. */
const RARE = new Set("ÿŸ");

/** Where a byte above 0x7F stands. */
const AFTER_LOWER = 0;
const BETWEEN_UPPER = 1;
const BESIDE_DIGIT = 2;
const WORD_START = 3;
const ELSEWHERE = 4;
const CONTEXTS = 5;

const isLower = (byte: number) => byte >= 0x61 && byte <= 0x7a;
const isUpper = (byte: number) => byte >= 0x41 && byte <= 0x5a;
const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/** How often each byte above 0x7F stands in which context. */
export interface HighBytes {
  readonly counts: Float64Array;
}

export const newHighBytes = (): HighBytes => ({ counts: new Float64Array(128 * CONTEXTS) });

/** Counts a chunk; words cut between two chunks count as cut. */
export function countHighBytes({ counts }: HighBytes, bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x80) continue;
    const before = bytes[i - 1] ?? 0x20;
    const after = bytes[i + 1] ?? 0x20;
    const context = isLower(before)
      ? AFTER_LOWER
      : isDigit(before) || isDigit(after)
        ? BESIDE_DIGIT
        : isUpper(before) && !isLower(after)
          ? BETWEEN_UPPER
          : isLower(after) && !isUpper(before)
            ? WORD_START
            : isUpper(before)
              ? AFTER_LOWER
              : ELSEWHERE;
    (counts[(byte - 0x80) * CONTEXTS + context] as number)++;
  }
}

/**
 * Plausibility of a character by context: after lower case, between upper case, beside digits, at a word's start, else.
 */
function weights(char: string): readonly [number, number, number, number, number] {
  // Letters do not touch digits: `1711ÿ` is a number and a blank.
  if (COMMON_LOWER.has(char)) return [2, -1, -2, 1.5, 0.2];
  if (RARE.has(char)) return [-1.5, -2, -2, -2, -2];
  if (CURRENCIES.has(char)) return [-2, -2, 2, -1, 0.5];
  if (TYPOGRAPHY.has(char)) return [0.3, 0.3, 0.3, 0.5, 0.5];
  if (SIGNS.has(char)) return [-0.2, 0, 0.7, 0, 0.2];
  if (/\p{Script=Latin}/u.test(char)) return /\p{Ll}/u.test(char) ? [1, -1, -2, 0.5, 0] : [-2, 2, -2, 1, 0];
  return /[\p{Cc}\ufffd]/u.test(char) ? [-3, -3, -3, -3, -3] : [-2, -2, -3, -2, -1];
}

export interface CodePageGuess {
  readonly encoding: string;
  readonly certainty: "sure" | "likely" | "unsure";
  /** Characters above ASCII that decided it. */
  readonly characters: number;
  /** The next best encoding that would give another text. */
  readonly runnerUp: string | undefined;
}

/**
 * Windows-1252 is what programs wrote for thirty years: others must be better by this much in all, and by this much per
 * character. A plausible letter is worth 2, an implausible one as little as -3.
 */
const PRIOR = { once: 3.5, perCharacter: 0.8 };

/** Decides among Windows-1252 (which holds Latin-1), Mac Roman and the code pages 437 and 850 of DOS. */
export function guessCodePage({ counts }: HighBytes): CodePageGuess {
  const present = Array.from({ length: 128 }, (_, i) => i).filter((i) =>
    counts.subarray(i * CONTEXTS, (i + 1) * CONTEXTS).some((count) => count > 0),
  );
  const characters = counts.reduce((sum, count) => sum + count, 0);
  const tries = CANDIDATES.map((encoding) => {
    const text = createDecoder(encoding)(
      Uint8Array.from(present, (i) => i + 0x80),
      true,
    );
    const chars = [...text];
    const score = present.reduce((sum, byte, i) => {
      const weight = weights(chars[i] as string);
      return sum + weight.reduce((total, w, context) => total + w * (counts[byte * CONTEXTS + context] as number), 0);
    }, 0);
    const prior = encoding === "windows-1252" ? PRIOR.once / Math.max(1, characters) + PRIOR.perCharacter : 0;
    return { encoding, text, score: score / Math.max(1, characters) + prior };
  });
  const best = tries.reduce((a, b) => (b.score > a.score + 1e-9 ? b : a));
  const others = tries.filter(({ text }) => text !== best.text);
  const next = others.length === 0 ? undefined : others.reduce((a, b) => (b.score > a.score ? b : a));
  const margin = next === undefined ? Number.POSITIVE_INFINITY : best.score - next.score;
  const certainty = best.score > 0.4 && margin > 1 && characters >= 3 ? "sure" : margin > 0.5 ? "likely" : "unsure";
  return { encoding: best.encoding, certainty, characters, runnerUp: next?.encoding };
}

/** The byte that each reads as a no-break space. */
const NO_BREAK_SPACE: Readonly<Record<(typeof CANDIDATES)[number], number>> = {
  "windows-1252": 0xa0,
  macintosh: 0xca,
  cp437: 0xff,
  cp850: 0xff,
};
const FIELD_END = new Set([...',;|\t\r\n"'].map((char) => char.charCodeAt(0)));

/**
 * Another encoding that reads blanks where `encoding` reads letters at the ends of fields: `1711` and `1711ÿ` are one
 * customer or two. Undefined where there is none.
 */
export function readsBlanksAsLetters(bytes: Uint8Array, encoding: string): string | undefined {
  const ends = new Set(bytes.filter((byte, i) => byte >= 0x80 && FIELD_END.has(bytes[i + 1] ?? 0x0a)));
  const isLetter = (byte: number): boolean => /\p{L}/u.test(createDecoder(encoding)(Uint8Array.of(byte), true));
  return CANDIDATES.find((other) => ends.has(NO_BREAK_SPACE[other]) && isLetter(NO_BREAK_SPACE[other]));
}
