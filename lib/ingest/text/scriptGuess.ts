import { createDecoder } from "./encoding.ts";
import { MULTI_BYTE_MODELS, type MultiByteModel } from "./multiByte.ts";

/** Natural logarithm of how likely bytes are that an encoding does not have: a few may be damage. */
const IMPOSSIBLE = -15;
/** An ASCII character beside others, and that a character is none. */
const ASCII = Math.log(0.7 / 90);
const BEYOND = Math.log(0.3);

/** The letters that make up three fifths of a text, and all of the script. */
interface Script {
  readonly encodings: readonly string[];
  readonly common: string;
  readonly letter: RegExp;
  /** How many letters a script without capitals has beside the common ones. */
  readonly others?: number;
}

const SCRIPTS: readonly Script[] = [
  {
    encodings: ["windows-1252", "macintosh", "cp437", "cp850"],
    common: "éèàçüöäñáíóúãõåøæâêôßëï",
    letter: /\p{sc=Latn}/u,
  },
  { encodings: ["windows-1250", "iso-8859-2"], common: "ąćęłńóśżáčéěířšůýžőűăţş", letter: /\p{sc=Latn}/u },
  { encodings: ["windows-1254"], common: "ığşüöçİŞÇ", letter: /\p{sc=Latn}/u },
  { encodings: ["windows-1251", "koi8-r", "ibm866", "iso-8859-5"], common: "оеаинтсрвл", letter: /\p{sc=Cyrl}/u },
  { encodings: ["windows-1253"], common: "αοιετσνηρυ", letter: /\p{sc=Grek}/u },
  { encodings: ["windows-1255"], common: "יוהלרתמאבש", letter: /\p{sc=Hebr}/u, others: 17 },
  { encodings: ["windows-1256"], common: "اليمنروتبة", letter: /\p{sc=Arab}/u, others: 26 },
  { encodings: ["windows-874"], common: "านรอกเง่ีล", letter: /\p{sc=Thai}/u, others: 60 },
];

const [COMMON, LETTER, CAPITAL, SIGN, STRANGE] = [0, 1, 2, 3, 4] as const;
/** Share of each class in a text, and how many characters it holds. */
const CLASSES: readonly (readonly [share: number, size: number])[] = [
  [0.6, 10],
  [0.24, 25],
  [0.12, 32],
  [0.035, 20],
  [0.0005, 60],
];
const likelihood = (share: number, size: number): number => BEYOND + Math.log(share / size);
const LIKELIHOODS = CLASSES.map(([share, size]) => likelihood(share, size));
/** What capitals have elsewhere. */
const SHARE_WITHOUT_CAPITALS = 0.36;
const TYPOGRAPHY = /[’‘“”„–—…•«»‹›€£¥°²§©®№\u00a0]/u;

function classOf(char: string, { common, letter }: Script): number {
  if (common.includes(char)) return COMMON;
  if (TYPOGRAPHY.test(char)) return SIGN;
  if (!letter.test(char)) return STRANGE;
  return /\p{Lu}/u.test(char) ? CAPITAL : LETTER;
}

/** A letter or digit: `1711` and a no-break space of DOS are no word of another script. */
const isAsciiWord = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));

const isAsciiLetter = (byte: number | undefined): boolean => isAsciiWord(byte) && (byte as number) > 0x39;

/** Characters of two scripts in one word, and two accented letters in a row: hardly ever, and now and then. */
const MIXED = -6;
const ACCENTED_TWICE = -2;

/** Adds up a text in an encoding of one byte a character. */
function singleByte(encoding: string, script: Script): (bytes: Uint8Array) => number {
  const high = Uint8Array.from({ length: 128 }, (_, i) => i + 0x80);
  const chars = [...createDecoder(encoding)(high, true)];
  const classes = chars.map((char) => (/[\p{Cc}\p{Co}\ufffd]/u.test(char) ? -1 : classOf(char, script)));
  const isLatin = script.letter.test("a");
  const likelihoods = [...LIKELIHOODS];
  if (script.others !== undefined) likelihoods[LETTER] = likelihood(SHARE_WITHOUT_CAPITALS, script.others);
  return (bytes) => {
    let sum = 0;
    let isInWord = false;
    let isAfterLetter = false;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte < 0x80) {
        sum += ASCII;
        isInWord = byte >= 0x61 && byte <= 0x7a;
        isAfterLetter = false;
        continue;
      }
      const kind = classes[byte - 0x80] as number;
      const isLetter = kind === COMMON || kind === LETTER || kind === CAPITAL;
      if (kind === -1) sum += IMPOSSIBLE;
      // A capital within a word, after small letters, is one of another encoding.
      else sum += likelihoods[kind === CAPITAL && isInWord ? STRANGE : kind] as number;
      if (isLetter && isLatin && isAfterLetter) sum += ACCENTED_TWICE;
      if (isLetter && !isLatin && (isAsciiWord(bytes[i - 1]) || isAsciiWord(bytes[i + 1]))) sum += MIXED;
      isInWord = kind === COMMON || kind === LETTER;
      isAfterLetter = isLetter;
    }
    return sum;
  };
}

function multiByte({ read }: MultiByteModel): (bytes: Uint8Array) => number {
  return (bytes) => {
    let sum = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte < 0x80) {
        sum += ASCII;
        continue;
      }
      // What the sample cuts off at its end says nothing.
      if (i + 1 >= bytes.length) break;
      const found = read(byte, bytes[i + 1] ?? 0, bytes[i + 2] ?? 0, bytes[i + 3] ?? 0);
      sum += found === undefined ? IMPOSSIBLE : BEYOND + Math.log(found.character.share / found.character.size);
      i += (found?.bytes ?? 1) - 1;
      // What ends in a letter of ASCII, with another behind it, is a word with an accent: `Återbetald`.
      if (isAsciiLetter(bytes[i]) && isAsciiLetter(bytes[i + 1])) sum += MIXED;
    }
    return sum;
  };
}

/** How much likelier Polish, Czech or Turkish letters must be than French or German ones. */
const LATIN_MARGIN = 4;
/** The same for letters of another script. */
const SCRIPT_MARGIN = 3;

interface Candidate {
  readonly encoding: string;
  readonly isWestern: boolean;
  readonly isLatin: boolean;
  readonly likelihood: (bytes: Uint8Array) => number;
}

let candidates: readonly Candidate[] | undefined;

function allCandidates(): readonly Candidate[] {
  candidates ??= [
    ...SCRIPTS.flatMap((script, i) =>
      script.encodings.map((encoding) => ({
        encoding,
        isWestern: i === 0,
        isLatin: script.letter.test("a"),
        likelihood: singleByte(encoding, script),
      })),
    ),
    ...MULTI_BYTE_MODELS.map((model) => ({
      encoding: model.encoding,
      isWestern: false,
      isLatin: false,
      likelihood: multiByte(model),
    })),
  ];
  return candidates;
}

export interface ScriptGuess {
  readonly encoding: string;
  /** The next best encoding that gives another text. */
  readonly runnerUp: string;
  /** Natural logarithm of how much likelier the text is in the one than in the other. */
  readonly margin: number;
  /** The first words beyond ASCII as they read in both. */
  readonly words: readonly [string, string];
}

/** A few words with characters beyond ASCII. */
export function firstWords(text: string): string {
  const words = text.match(/[^\s,;|\t"]*[^\p{ASCII}][^\s,;|\t"]*/gu) ?? [];
  return words.slice(0, 3).join(" ").slice(0, 40);
}

/**
 * The likeliest encoding of bytes that are not UTF-8, of all scripts; undefined where it is one of Western Europe. Each
 * encoding is a model that says how likely the bytes are; the margin is what tells the best two apart.
 */
export function guessScript(bytes: Uint8Array): ScriptGuess | undefined {
  const tries = allCandidates().map((one) => ({ ...one, score: one.likelihood(bytes) }));
  const best = tries.reduce((a, b) => (b.score > a.score ? b : a));
  if (best.isWestern) return undefined;
  const western = Math.max(...tries.filter(({ isWestern }) => isWestern).map(({ score }) => score));
  // A letter or two may be of any script: those of Western Europe are the commonest.
  if (best.score - western < (best.isLatin ? LATIN_MARGIN : SCRIPT_MARGIN)) return undefined;
  const decoded = (encoding: string): string => createDecoder(encoding)(bytes, false);
  const text = decoded(best.encoding);
  const others = tries.filter((one) => one !== best).sort((a, b) => b.score - a.score);
  const next = others.find(({ encoding }) => decoded(encoding) !== text) ?? (others[0] as (typeof tries)[number]);
  return {
    encoding: best.encoding,
    runnerUp: next.encoding,
    margin: best.score - next.score,
    words: [firstWords(text), firstWords(decoded(next.encoding))],
  };
}
