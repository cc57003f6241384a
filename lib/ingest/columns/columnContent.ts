import { DEFAULT_STATUS_PATTERNS, meaningOfStatus } from "../../domain/quality/statuses.ts";
import { regionNames } from "../../domain/text/regionNames.ts";
import { monthReplacements, replaceAll } from "../values/dates/monthNames.ts";
import { tidyDate } from "../values/dates/tidyDates.ts";
import { isNumberText } from "../values/numbers/numberShape.ts";
import { currencyCodeOf } from "../values/numbers/numberTokens.ts";

/** What the sampled values of a column look like; shares are of the filled values, 0..1. */
export interface ColumnProfile {
  /** Values looked at, blank ones included. */
  readonly rows: number;
  readonly filled: number;
  readonly distinct: number;
  /** The first few different values. */
  readonly examples: readonly string[];
  readonly share: Readonly<Record<ContentKind, number>>;
}

export const CONTENT_KINDS = [
  "date",
  "possibleDate",
  "integer",
  "number",
  "measured",
  "fraction",
  "negative",
  "email",
  "currency",
  "country",
  "status",
  "code",
  "percent",
  "hashNumber",
] as const;

export type ContentKind = (typeof CONTENT_KINDS)[number];

const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*";
const TIME = "(?:[T ,]+ *\\d{1,2}:\\d{2}.*)?";
const WEEKDAY = "(?:(?:mon|tue|wed|thu|fri|sat|sun),? )?";
const WRITTEN_DATE = new RegExp(
  `^${WEEKDAY}(?:\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}([-/.])\\d{1,2}\\1(?:\\d{4}|\\d{2})|\\d{1,2}[-/. ]?${MONTH}[-/., ]*\\d{2,4}|${MONTH} \\d{1,2},? ?\\d{4}|${MONTH}([-/.])\\d{1,2}\\2\\d{2,4})${TIME}$`,
  "i",
);
const COMPACT_DATE = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[T ]\d{1,2}:?\d{2}.*)?$/;
/**
 * Seconds or milliseconds since 1970 between 1990 and 2033, or days of a spreadsheet from 1990 to 2036: or plain ids.
 */
const POSSIBLE_DATE =
  /^(?:(?:[67]\d|8\d|9\d)\d{7}|1\d{9}|(?:[6-9]\d{11}|1\d{12}|1\d{15})|(?:3[3-9]|4\d)\d{3}(?:\.\d+)?)$/;
const EMAIL = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]{2,}$/;

/** ISO 4217 codes, and the signs and words that stand for one. */
const isCurrency = (text: string): boolean => currencyCodeOf(text) !== undefined;

const LOCALES = ["en", "de", "fr", "es", "pt", "it", "nl", "tr", "pl", "sv"];
let countries: ReadonlySet<string> | undefined;

/** ISO 3166 codes and the names of countries in the languages of most shops, in lower case. */
function knownCountries(): ReadonlySet<string> {
  if (countries !== undefined) return countries;
  const names = regionNames(LOCALES).flat();
  countries = new Set([...names.map((name) => name.toLowerCase()), "uk", "usa", "eire", "england", "scotland", "uae"]);
  return countries;
}

/** A date as programs write it, with their marks around it: `03JAN2024:10:15:00`, `2024年1月3日`. */
function isTidiedDate(text: string): boolean {
  if (
    text.length < 8 ||
    text.length > 60 ||
    (text.match(/\p{Nd}/gu)?.length ?? 0) < 5 ||
    /^[-+]?\d+([.,]\d+)?$/.test(text)
  )
    return false;
  const tidy = tidyDate(text);
  return tidy !== text && WRITTEN_DATE.test(tidy);
}

/** A date with a month in words, of any language that is read. */
function isNamedDate(text: string): boolean {
  if (text.length > 60 || !/^\d.*\p{L}{3}.*\d/su.test(text)) return false;
  const lower = text.toLowerCase();
  const replacements = monthReplacements(lower);
  return replacements.length > 0 && WRITTEN_DATE.test(replaceAll(lower, replacements));
}

const isMoney = (text: string): boolean => isNumberText(text, "money");

const hasKind: Readonly<Record<ContentKind, (text: string) => boolean>> = {
  date: (text) => WRITTEN_DATE.test(text) || COMPACT_DATE.test(text) || isNamedDate(text) || isTidiedDate(text),
  possibleDate: (text) => POSSIBLE_DATE.test(text),
  integer: (text) => /^[-+]?\d+(?:\.0+)?$/.test(text),
  number: isMoney,
  measured: (text) => isNumberText(text, "quantity") && !isMoney(text),
  fraction: (text) => /\d[.,]\d*[1-9]\d*\D*$|\d[.,]\d\d\D*$/.test(text) && isMoney(text),
  negative: (text) => /^[-−]|-$|^\(.*\)$|^[^\d]*[-−]/.test(text) && isMoney(text),
  email: (text) => EMAIL.test(text),
  currency: isCurrency,
  country: (text) => knownCountries().has(text.toLowerCase()),
  status: (text) =>
    /^[\p{L}\p{M}][\p{L}\p{M} _.:,()/'-]{1,59}$/u.test(text) &&
    meaningOfStatus(text, DEFAULT_STATUS_PATTERNS) !== "unknown",
  code: (text) => /^[#\p{L}\p{N}][\p{L}\p{N}._:/#|-]*$/u.test(text) && /\d/.test(text),
  hashNumber: (text) => /^#[A-Z]{0,5}-?\d+$/.test(text),
  percent: (text) => /^[-+]?[\d.,]+\s?%$/.test(text),
};

/** Describes the sampled values of one column; blank and missing values count as not filled. */
export const profileColumn = (values: readonly (string | null)[]): ColumnProfile =>
  profileWords(values.map((value) => [value, 1] as const));

/** As `profileColumn`, of values with the number of their rows. */
export function profileWords(values: readonly (readonly [value: string | null, rows: number])[]): ColumnProfile {
  const counts = new Map<string, number>();
  let rows = 0;
  for (const [value, n] of values) {
    rows += n;
    const text = value?.trim() ?? "";
    if (text !== "") counts.set(text, (counts.get(text) ?? 0) + n);
  }
  const filled = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const tally = Object.fromEntries(CONTENT_KINDS.map((kind) => [kind, 0])) as Record<ContentKind, number>;
  for (const [text, n] of counts) for (const kind of CONTENT_KINDS) if (hasKind[kind](text)) tally[kind] += n;
  const share = Object.fromEntries(CONTENT_KINDS.map((kind) => [kind, filled === 0 ? 0 : tally[kind] / filled]));
  return {
    rows,
    filled,
    distinct: counts.size,
    examples: [...counts.keys()].slice(0, 3),
    share: share as Record<ContentKind, number>,
  };
}

/** What the columns of sampled rows hold. */
export const profileSample = (
  header: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): ColumnProfile[] =>
  rows.length === 0 ? [] : header.map((_, index) => profileColumn(rows.map((row) => row[index] ?? null)));

/** Of columns with few words, what all rows say: a word that the sample lacks may tell what the column is. */
export const withRareWords = (
  profiles: readonly ColumnProfile[],
  ofAllRows: (index: number) => ColumnProfile | undefined,
): readonly ColumnProfile[] =>
  profiles.map((profile, index) => {
    const known = ofAllRows(index);
    return known !== undefined && known.distinct > profile.distinct ? known : profile;
  });
