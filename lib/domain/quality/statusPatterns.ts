import { PLAIN_LETTERS } from "../text/plainLetters.ts";
import words from "./statusWords.json" with { type: "json" };

type Languages = Readonly<Record<string, readonly string[]>>;

/** A letter, and the one that stands for it on a keyboard without marks. */
function letterPattern(letter: string): string {
  const plain = PLAIN_LETTERS[letter] ?? letter.normalize("NFD").replace(/\p{M}/gu, "");
  const isMarked = plain !== letter && /^[a-z]+$/.test(plain);
  return isMarked ? `(?:${letter}|${plain})` : letter;
}

const SEPARATORS = "[ _-]*";

/** A word without its marks as a pattern: a blank is any separator, * any letters. */
const bodyPattern = (word: string): string =>
  [...word.normalize("NFC")]
    .map((char) => (char === " " ? SEPARATORS : char === "*" ? "[a-z]*" : letterPattern(char)))
    .join("");

const alternatives = (patterns: readonly string[]): string => `(?:${patterns.join("|")})`;

const START = "(?:^|[^a-z])";
const END = "(?:$|[^a-z])";

/**
 * One pattern for words of all languages: each stands alone, with * for any letters at its ends, or as all that is said
 * (=).
 */
function wordsPattern(languages: Languages): string {
  const all = [...new Set(Object.values(languages).flat())];
  const body = (word: string): string => bodyPattern(word.replace(/^[=*]/, "").replace(/\*$/, ""));
  const such = (test: (word: string) => boolean): string[] => all.filter(test).map(body);
  const [isWhole, isOpenBefore] = [(word: string) => word.startsWith("="), (word: string) => word.startsWith("*")];
  const isOpenAfter = (word: string): boolean => word.endsWith("*");
  const wholes = all.filter(isWhole).map((word) => bodyPattern(word.slice(1)));
  const parts: readonly (readonly [string, readonly string[], string])[] = [
    ["^(?:wc[ _-])?", wholes, "$"],
    [START, such((word) => !isWhole(word) && !isOpenBefore(word) && !isOpenAfter(word)), END],
    [START, such((word) => !isWhole(word) && !isOpenBefore(word) && isOpenAfter(word)), ""],
    ["", such((word) => isOpenBefore(word) && !isOpenAfter(word)), END],
    ["", such((word) => isOpenBefore(word) && isOpenAfter(word)), ""],
  ];
  return parts
    .flatMap(([before, some, after]) => (some.length === 0 ? [] : [before + alternatives(some) + after]))
    .join("|");
}

const bodies = (...languages: readonly Languages[]): string =>
  alternatives([
    ...new Set(
      languages
        .flatMap((one) => Object.values(one).flat())
        .map((word) => bodyPattern(word.replace(/^[=*]+|\*+$/g, ""))),
    ),
  ]);

/** Words that stand alone where their script sets words apart. */
function aloneBefore(languages: Languages): string {
  const all = [...new Set(Object.values(languages).flat())];
  const isLatin = (word: string): boolean => /^[a-z\u00df-\u024f\u1e00-\u1eff]/.test(word);
  const latin = all.filter(isLatin).map(bodyPattern);
  const others = all.filter((word) => !isLatin(word)).map(bodyPattern);
  return alternatives([START + alternatives(latin), ...others]);
}

/** What may stand between a negation and what it denies. */
const BETWEEN = "(?:(?:been|be|yet|to be|was|worden|wurde|été|sido)[ _-]+)?";
const REQUEST = "(?:(?:request|requests|requested|anfrage|antrag|demande|solicitud|pedido|richiesta|talebi)[ _-]+)?";

/** What is kept whatever else it says: what is denied, what was declined, and what was taken back in part. */
function keepPattern(): string {
  const takenBack = bodies(words.cancelled, words.refunded);
  const partly = bodies(words.partly);
  return [
    `${aloneBefore(words.negations)}${SEPARATORS}${BETWEEN}${takenBack}`,
    `${bodies(words.takingBack)}${SEPARATORS}${REQUEST}${bodies(words.negationsAfter)}`,
    `${aloneBefore(words.partly)}[a-z]*${SEPARATORS}${takenBack}`,
    `${takenBack}[a-z]*[ _(-]*${partly}`,
  ].join("|");
}

/** The patterns of the words of all languages, in lower case. */
export const STATUS_PATTERNS = {
  keep: keepPattern(),
  returns: wordsPattern(words.returns),
  cancelled: wordsPattern(words.cancelled),
  refunded: wordsPattern(words.refunded),
  pending: wordsPattern(words.pending),
  failed: wordsPattern(words.failed),
  test: wordsPattern(words.test),
  ordinary: wordsPattern(words.ordinary),
};
