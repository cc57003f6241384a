import { literal } from "../../sqlText.ts";
import type { DecimalMark } from "../../types.ts";
import { narrow, narrowSql } from "../idSpelling.ts";
import { numberPattern, scientificPattern } from "./numberPattern.ts";
import { type NumberKind, TOKENS, type Token } from "./numberTokens.ts";

/** Stands for a zero that leads a fraction, which no number in thousands has. */
const LEADING_ZERO = "\u24ea";
const SHAPE_DIGITS = { any: `[9${LEADING_ZERO}]`, nonzero: "9" };

/**
 * SQL of a number in lower case with ASCII digits and signs. Arabic has marks of its own: its decimal mark becomes the
 * one in use.
 */
export const lowerNumberSql = (value: string, mark: DecimalMark = "point"): string =>
  `translate(lower(${narrowSql(value)}), ${literal("\u2212\u2013\u066b\u066c")}, ${literal(mark === "point" ? "--.'" : "--,'")})`;

/** SQL of the shape of a trimmed number: digits as 9. */
export const numberShapeSql = (value: string): string =>
  `translate(regexp_replace(${lowerNumberSql(value)}, '(^|[^0-9.,])0([.,])', ${literal(`\\1${LEADING_ZERO}\\2`)}), '012345678', '999999999')`;

/** The shape of a text, as `numberShapeSql` has it. */
const shapeOf = (text: string): string =>
  narrow(text.trim())
    .toLowerCase()
    .replace(/[\u2212\u2013]/g, "-")
    .replace(/\u066b/g, ".")
    .replace(/\u066c/g, "'")
    .replace(/(^|[^0-9.,])0([.,])/, `$1${LEADING_ZERO}$2`)
    .replace(/[0-8]/g, "9");

/** How a number is written. */
export interface ReadNumber {
  /** The marks under which it reads: one of them is evidence, both are none. */
  readonly marks: readonly DecimalMark[];
  /** It has a separator that is a decimal mark under one reading and groups thousands under the other. */
  readonly isAmbiguous: boolean;
  /** Texts beside its digits, with what they mean. */
  readonly tokens: ReadonlyMap<string, Token>;
}

const MARKS = ["point", "comma"] as const;
const scientific = (mark: DecimalMark): RegExp =>
  new RegExp(`^(?:${scientificPattern(mark).replaceAll("0-9", `9${LEADING_ZERO}`)})$`);
const SCIENTIFIC = { point: scientific("point"), comma: scientific("comma") } as const;
const patterns = new Map<string, RegExp>();

function patternOf(kind: NumberKind, mark: DecimalMark): RegExp {
  const key = `${kind} ${mark}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const pattern = new RegExp(`^(?:${numberPattern(mark, [...TOKENS[kind].keys()], SHAPE_DIGITS)})$`, "u");
  patterns.set(key, pattern);
  return pattern;
}

/** Reads the shape of a number; undefined where it is none. */
export function readNumberShape(shape: string, kind: NumberKind): ReadNumber | undefined {
  const tokens = new Map<string, Token>();
  const marks = MARKS.filter((mark) => {
    if (SCIENTIFIC[mark].test(shape)) return true;
    const match = patternOf(kind, mark).exec(shape);
    for (const word of match?.slice(1) ?? []) {
      const token = word === undefined ? undefined : TOKENS[kind].get(word);
      if (word !== undefined && token !== undefined) tokens.set(word, token);
    }
    return match !== null;
  });
  if (marks.length === 0) return undefined;
  return { marks, isAmbiguous: marks.length === 2 && /9[.,]9/.test(shape), tokens };
}

/** Digits in one place, as in every number and in few other texts. */
const DIGITS_TOGETHER = /^[^\d]*\d[\d.,'\u2019\u066b\u066c \u00a0\u202f\u2009]*(?:[eE][-+]?\d{1,2})?[^\d]*$/;

const letterRuns = (text: string): string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];
const KNOWN_RUNS: Readonly<Record<NumberKind, ReadonlySet<string>>> = {
  money: new Set([...TOKENS.money.keys()].flatMap(letterRuns)),
  quantity: new Set([...TOKENS.quantity.keys()].flatMap(letterRuns)),
};

/** Whether letters can stand beside the digits of a number: what most texts are told by, before any pattern. */
function mayBeNumber(text: string, kind: NumberKind): boolean {
  if (!DIGITS_TOGETHER.test(text)) return false;
  const known = KNOWN_RUNS[kind];
  const isKnown = (run: string): boolean => run === "e" || known.has(run);
  const isPair = (run: string): boolean =>
    Array.from({ length: run.length }, (_, i) => i).some((i) => known.has(run.slice(0, i)) && known.has(run.slice(i)));
  return letterRuns(text).every((run) => isKnown(run) || isPair(run));
}

const numeric = new Map<string, boolean>();
const MAX_KNOWN = 10_000;

/** Whether a text reads as a number of a kind under some decimal mark. */
export function isNumberText(text: string, kind: NumberKind): boolean {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return true;
  if (!/\p{Nd}/u.test(text) || text.length > 60) return false;
  if (!mayBeNumber(narrow(text), kind)) return false;
  const key = `${kind} ${shapeOf(text)}`;
  const known = numeric.get(key);
  if (known !== undefined) return known;
  if (numeric.size > MAX_KNOWN) numeric.clear();
  const reads = readNumberShape(shapeOf(text), kind) !== undefined;
  numeric.set(key, reads);
  return reads;
}
