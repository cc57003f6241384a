import type { DecimalMark } from "../../types.ts";

/** Blank, no-break, narrow no-break and thin space. */
const BLANK = "[ \u00a0\u202f\u2009]";
const BLANKS = `${BLANK}*`;
const SIGN = "[-+]";

/** A text as a pattern that matches it alone. */
export const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The characters of a number: those of values, or of their shapes. */
export interface Digits {
  readonly any: string;
  readonly nonzero: string;
}

export const VALUE_DIGITS: Digits = { any: "[0-9]", nonzero: "[1-9]" };

/** Digits, grouped by one kind of separator or not at all, under a decimal mark. */
function bodyPattern(mark: DecimalMark, { any, nonzero }: Digits): string {
  const groups = [mark === "point" ? "," : "[.]", " ", "\u00a0", "\u202f", "\u2009", "'", "\u2019"];
  // Two digits between separators as in India: 12,34,567.
  const grouped = groups.map((group) => `${nonzero}${any}{0,2}(?:${group}${any}{2,3})*${group}${any}{3}`);
  const decimal = mark === "point" ? "[.]" : ",";
  return `(?:(?:${any}+|${grouped.join("|")})(?:${decimal}${any}*)?|${decimal}${any}+)`;
}

/**
 * Pattern of a whole number in lower case, with its sign before, after or as parentheses, and with tokens beside it.
 * JavaScript and RE2 read it alike; the tokens are its groups.
 */
export function numberPattern(mark: DecimalMark, tokens: readonly string[], digits: Digits = VALUE_DIGITS): string {
  const body = bodyPattern(mark, digits);
  const longestFirst = [...tokens].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const token = tokens.length === 0 ? "(?:)" : `(${longestFirst.map(escaped).join("|")})`;
  const before = `(?:${token}${BLANKS})?`;
  const after = `(?:${BLANKS}${token})?`;
  return [
    `${SIGN}?${BLANKS}${before}${body}${after}${after}`,
    `${token}${BLANKS}${SIGN}${BLANKS}${body}${after}`,
    `${before}${body}${after}${BLANKS}${SIGN}${after}`,
    `${before}[(]${BLANKS}${before}${body}${after}${BLANKS}[)]${after}`,
  ].join("|");
}

/** A number in scientific notation, as programs write it. */
export const scientificPattern = (mark: DecimalMark): string =>
  `[-+]?[0-9](?:${mark === "point" ? "[.]" : ","}[0-9]+)?e[-+]?[0-9]{1,2}`;
