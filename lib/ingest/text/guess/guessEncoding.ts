import type { Encoding } from "../../types.ts";
import { createDecoder } from "../encoding.ts";
import { type ByteWord, byteWordsOf } from "./byteWords.ts";
import { type CodePage, codePages } from "./candidates.ts";
import { codePageLikelihood, type Likelihood, multiByteLikelihood } from "./likelihood.ts";
import { MULTI_BYTE_MODELS } from "./multiByte.ts";

interface Candidate {
  readonly encoding: Encoding;
  readonly codePage?: CodePage;
  readonly likelihood: Likelihood;
}

let known: readonly Candidate[] | undefined;

function candidates(): readonly Candidate[] {
  known ??= [
    ...codePages().map((codePage) => ({
      encoding: codePage.encoding,
      codePage,
      likelihood: codePageLikelihood(codePage),
    })),
    ...MULTI_BYTE_MODELS.map((model) => ({ encoding: model.encoding, likelihood: multiByteLikelihood(model) })),
  ];
  return known;
}

/** Another encoding that gives another text. */
export interface Rival {
  readonly encoding: Encoding;
  /** Natural logarithm of how much likelier the text is in the encoding that was guessed. */
  readonly margin: number;
  /** The first words that differ, as they read in the encoding that was guessed and in this one. */
  readonly words: readonly [string, string];
  /** What reads otherwise in this one, as characters of the encoding that was guessed. */
  readonly characters: readonly string[];
}

/** An encoding beside which others are nearly as likely. */
export interface EncodingDoubt {
  readonly encoding: Encoding;
  /** The likeliest first. */
  readonly rivals: readonly Rival[];
}

export interface EncodingGuess extends EncodingDoubt {
  /** The first words beyond ASCII. */
  readonly words: string;
}

const WORDS_SHOWN = 3;
const LETTERS_SHOWN = 40;
const shown = (words: readonly string[]): string => words.slice(0, WORDS_SHOWN).join(" ").slice(0, LETTERS_SHOWN);

const read = (words: readonly ByteWord[], encoding: Encoding): string[] =>
  words.map(({ bytes }) => createDecoder(encoding)(bytes, true));

/** The characters that two code pages read differently; between others, all that are beyond ASCII. */
function differing(ours: Candidate, theirs: Candidate, present: readonly number[], texts: readonly string[]): string[] {
  const [mine, other] = [ours.codePage?.characters, theirs.codePage?.characters];
  if (mine === undefined || other === undefined) return [...new Set(texts.join("").match(/[^\p{ASCII}]/gu) ?? [])];
  return present.flatMap((byte) => (mine[byte - 0x80] === other[byte - 0x80] ? [] : [mine[byte - 0x80] as string]));
}

/** Rivals that are looked at. */
const MAX_RIVALS = 3;

/**
 * The likeliest encoding of bytes that are not UTF-8. `present` are all bytes from 0x80 on that the file has, of which
 * `bytes` may be a part: encodings that read all of them alike are no rivals.
 */
export function guessEncoding(bytes: Uint8Array, present: readonly number[]): EncodingGuess {
  const words = byteWordsOf(bytes);
  const tries = candidates().map((one) => ({ ...one, score: one.likelihood(words) }));
  tries.sort((a, b) => b.score - a.score);
  const [best, ...others] = tries as [(typeof tries)[number], ...typeof tries];
  const texts = read(words, best.encoding);
  const rivals: Rival[] = [];
  const seen = new Set<string>();
  for (const other of others) {
    if (rivals.length === MAX_RIVALS) break;
    const characters = differing(best, other, present, texts);
    const theirs = read(words, other.encoding);
    const text = theirs.join("\n");
    if (characters.length === 0 || seen.has(text)) continue;
    seen.add(text);
    const different = texts.flatMap((own, i) => (own === theirs[i] ? [] : [i]));
    const some = (all: readonly string[]): string => shown(different.map((i) => all[i] as string));
    const { encoding, score } = other;
    rivals.push({ encoding, margin: best.score - score, words: [some(texts), some(theirs)], characters });
  }
  return { encoding: best.encoding, words: shown(texts), rivals };
}
