import { createDecoder } from "../encoding.ts";
import type { ByteWord } from "./byteWords.ts";
import type { CodePage, Writing } from "./candidates.ts";
import { knownLetters, signBesideNumber } from "./knownWords.ts";
import type { MultiByteModel } from "./multiByte.ts";
import { BESIDE, besides, isLetter, type Kind, kindOf, type Neighbour, neighboursOf } from "./neighbours.ts";

/*
 * How likely an encoding makes the words of a text, as natural logarithms: a model of letters for each language, what
 * may stand beside what, and the words that shops are known to use.
 */

/** The likelihood of words in an encoding. */
export type Likelihood = (words: readonly ByteWord[]) => number;

/** Bytes that an encoding does not have: a few may be damage. */
const IMPOSSIBLE = -15;
/** An ASCII character beside others, and that a character is none. */
const ASCII = Math.log(0.7 / 90);
const BEYOND = Math.log(0.3);

/** Shares of what is beyond ASCII in a text of a language. */
const SHARES = { letters: 0.7, capitals: 0.14, signs: 0.15, foreign: 0.01 };
/** How many signs and foreign letters share theirs. */
const SIGNS = 12;
const FOREIGN_LETTERS = 150;
/** A letter of another script, or a box. */
const STRANGE = BEYOND + Math.log(1e-6);

/** That a word of a text is of another language than the rest. */
const OTHER_LANGUAGE = -3;
/** A code page of another part of the world without a letter of it. */
const WITHOUT_LETTERS = -6;
/** How usual texts of East Asia are that are not UTF-8. */
const EAST_ASIA = -1;

/** A known word is as likely as one of some thousand, whatever its letters. */
const KNOWN = { perLetter: 3.5, perIdeograph: 9, word: 9, most: 14, besideNumber: 5 };
/** So many words are looked up. */
const LOOKED_UP = 500;

/** What stands behind the numbers of dates and times. */
const DATE_SIGN = /^[年月日時时分秒년월일시분초]$/u;
const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]/u;
const LATIN = /[\p{sc=Latn}\p{sc=Zinh}]/u;
/** Signs of texts; boxes and parts of formulas are none. */
const SIGN = /[–—…•°²§©®™№º´±½¼¾]/u;
/** What an encoding does not have, and what everybody may take for something else. */
const UNREADABLE = /[\ufffd\p{Co}]/gu;

/** How likely each byte from 0x80 on is in a language. */
function letterModel(characters: readonly string[], kinds: readonly Kind[], { letters }: Writing): Float64Array {
  const all = [...letters];
  const weights = all.map((_, rank) => Math.exp((-3 * rank) / all.length));
  const sum = weights.reduce((a, b) => a + b, 0);
  const share = new Map(all.map((letter, rank) => [letter, (weights[rank] as number) / sum]));
  const isLatin = LATIN.test(all[0] as string);
  return Float64Array.from(characters, (char, i) => {
    const kind = kinds[i] as Kind;
    if (kind === "bad") return IMPOSSIBLE;
    const own = share.get(char);
    if (own !== undefined) return BEYOND + Math.log(SHARES.letters * own);
    const small = share.get(char === "İ" ? "ı" : char.toLowerCase());
    if (small !== undefined) return BEYOND + Math.log(SHARES.capitals * small);
    if (isLetter(kind))
      return isLatin && LATIN.test(char) ? BEYOND + Math.log(SHARES.foreign / FOREIGN_LETTERS) : STRANGE;
    return kind === "sign" && !SIGN.test(char) ? STRANGE : BEYOND + Math.log(SHARES.signs / SIGNS);
  });
}

/** Much of one word is little more than one. */
const weightOf = ({ count }: ByteWord): number => 1 + Math.log(count);

/** What known words add: the words of a text are those of the language, beside its letters. */
function knownBonus(text: string): number {
  const words = text.match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.reduce((sum, word) => {
    if (DATE_SIGN.test(word)) return sum + KNOWN.perIdeograph;
    const letters = knownLetters(word);
    const each = IDEOGRAPH.test(word) ? KNOWN.perIdeograph : KNOWN.perLetter;
    return sum + (letters === 0 ? 0 : Math.min(KNOWN.most, Math.max(0, each * letters - KNOWN.word)));
  }, 0);
}

/** A text in one of the languages of a code page, with words of the others in between. */
export function codePageLikelihood({ encoding, usual, characters, writings }: CodePage): Likelihood {
  const kinds = characters.map(kindOf);
  const places = characters.map((char, i) => ({ kind: kinds[i] as Kind, isLatin: LATIN.test(char) }));
  const neighbours = neighboursOf(kinds);
  const models = writings.map((writing) => letterModel(characters, kinds, writing));
  const isEnglish = writings.some(({ language }) => language === "en");
  const own = new Float64Array(models.length);
  const ofWord = ({ bytes, before, after }: ByteWord): number => {
    own.fill(0);
    let sum = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte < 0x80) {
        sum += ASCII;
        continue;
      }
      const beside = (other: number | undefined, end: number): Neighbour => neighbours[other ?? end] as Neighbour;
      const place = places[byte - 0x80] as (typeof places)[number];
      sum += besides(place, beside(bytes[i - 1], before), beside(bytes[i + 1], after));
      for (let m = 0; m < models.length; m++)
        own[m] = (own[m] as number) + ((models[m] as Float64Array)[byte - 0x80] as number);
    }
    return sum;
  };
  const hasLetters = ({ bytes }: ByteWord): boolean =>
    bytes.some((byte) => byte >= 0x80 && isLetter(kinds[byte - 0x80] as Kind));
  return (words) => {
    const signs = new Set<string>();
    const sums = new Float64Array(models.length);
    let shared = usual + (isEnglish || words.some(hasLetters) ? 0 : WITHOUT_LETTERS);
    for (const [i, word] of words.entries()) {
      const weight = weightOf(word);
      const text = i < LOOKED_UP ? createDecoder(encoding)(word.bytes, true) : "";
      const known = knownBonus(text);
      const sign = signBesideNumber(text);
      if (sign !== undefined) signs.add(sign);
      shared += weight * (ofWord(word) + known);
      const other = Math.max(...own) + OTHER_LANGUAGE;
      for (let m = 0; m < models.length; m++)
        sums[m] = (sums[m] as number) + weight * Math.max(own[m] as number, other);
    }
    shared += KNOWN.besideNumber * signs.size;
    return shared + Math.max(...sums.map((sum, m) => sum + (writings[m] as Writing).usual));
  };
}

const isAsciiLetter = (byte: number): boolean => (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);

/** A text in one of the encodings of East Asia. */
export function multiByteLikelihood({ encoding, read }: MultiByteModel): Likelihood {
  const ofWord = ({ bytes, after }: ByteWord): number => {
    let sum = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte < 0x80) {
        sum += ASCII;
        continue;
      }
      const isAgain = i > 0 && (bytes[i - 1] as number) >= 0x80;
      const found = read(byte, bytes[i + 1] ?? after, bytes[i + 2] ?? 0, bytes[i + 3] ?? 0);
      sum += found === undefined ? IMPOSSIBLE : BEYOND + Math.log(found.character.share / found.character.size);
      if (found !== undefined && isAgain) sum += BESIDE.letterAgain;
      if (found?.bytes === 1 && !isAgain && (bytes[i + 1] ?? after) < 0x80) sum += BESIDE.digit;
      i += (found?.bytes ?? 1) - 1;
      // What ends in a letter of ASCII, with another behind it, is a word with an accent: `Återbetald`.
      if (isAsciiLetter(bytes[i] ?? after) && isAsciiLetter(bytes[i + 1] ?? after)) sum += BESIDE.otherScript;
    }
    return sum;
  };
  const told = (word: ByteWord): number => {
    const text = createDecoder(encoding)(word.bytes, true);
    return knownBonus(text) + IMPOSSIBLE * (text.match(UNREADABLE)?.length ?? 0);
  };
  return (words) =>
    words.reduce((sum, word, i) => sum + weightOf(word) * (ofWord(word) + (i < LOOKED_UP ? told(word) : 0)), EAST_ASIA);
}
