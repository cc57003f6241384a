import type { DateOrder } from "../../types.ts";

/** One written form of the values of a date column: digits as 9, letters in lower case. */
export interface DateShape {
  readonly shape: string;
  readonly rows: number;
  /** The first of the values, as texts are ordered. */
  readonly example: string;
  /** The last of them. */
  readonly last: string;
  /** Greatest first and second number of the numeric date, where it starts with two numbers. */
  readonly maxFirst: number | null;
  readonly maxSecond: number | null;
  /** Whether first and second number are equal in every value. */
  readonly isSymmetric: boolean;
  /** The least that the greater one of first and second number is; above 12 every value can be read one way alone. */
  readonly minLarger: number;
  /** Greatest day of dates that start with the year; 0 where none does. */
  readonly maxIsoDay: number;
}

/** SQL that brings a trimmed value to its shape. */
export const shapeSql = (value: string): string => `translate(lower(${value}), '012345678', '999999999')`;

const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
const LONG_MONTH = "(?:january|february|march|april|june|july|august|september|october|november|december)";
const TIME =
  "(?<gap>t|,? +|)(?<hour>9{1,2}):99(?<second>:99)?(?<fraction>\\.9{1,9})?(?<half> ?[ap]m)?(?<zone> ?(?:z|utc|gmt)| ?[+-]99(?::?99)?)?";
const WEEKDAY = "(?<weekday>(?:mon|tue|wed|thu|fri|sat|sun),? )?";

/** A way of writing a date. */
export type DateFamily =
  | "ymd"
  | "slash"
  | "dayMonthName"
  | "monthNameDay"
  | "monthNameDash"
  | "isoWeek"
  | "dayOfYear"
  | "compact"
  | "compactTime"
  | "epochSeconds"
  | "epochMillis"
  | "epochMicros"
  | "excel";

/** A shape that is a date, and how the engine reads it. */
export interface ReadShape {
  readonly family: DateFamily;
  readonly rows: number;
  /** strptime format for each order; the same one where the order does not matter; empty where it is a number. */
  readonly format: (order: DateOrder) => string;
  readonly hasTime: boolean;
  readonly hasOffset: boolean;
  /** More decimals of a second than the engine reads. */
  readonly hasLongFraction: boolean;
  /** Already ISO text, as is. */
  readonly isIso: boolean;
}

function timeFormat(groups: Record<string, string | undefined>): string {
  if (groups.hour === undefined) return "";
  const gap = groups.gap === "t" ? "T" : (groups.gap ?? "");
  const zone = groups.zone ?? "";
  // The day counts that stands in the text: an offset is taken off, not added.
  const zoneFormat = /[+-]/.test(zone) ? "" : zone.toUpperCase();
  const half = groups.half === undefined ? "" : `${groups.half.startsWith(" ") ? " " : ""}%p`;
  return `${gap}${half === "" ? "%H" : "%I"}:%M${groups.second === undefined ? "" : ":%S"}${
    groups.fraction === undefined ? "" : ".%f"
  }${half}${zoneFormat}`;
}

const compactTimeFormat = ({ gap, second, zone }: Record<string, string | undefined>): string =>
  `${gap?.toUpperCase() ?? ""}%H%M${second === undefined ? "" : "%S"}${zone === undefined ? "" : "Z"}`;

const PATTERNS: readonly { readonly family: DateFamily; readonly pattern: RegExp }[] = [
  { family: "ymd", pattern: new RegExp(`^${WEEKDAY}9999(?<mark>[-/.])9{1,2}\\k<mark>9{1,2}(?:${TIME})?$`) },
  {
    family: "slash",
    pattern: new RegExp(`^${WEEKDAY}9{1,2}(?<mark>[-/.])9{1,2}\\k<mark>(?<year>9999|99)(?:${TIME})?$`),
  },
  {
    family: "dayMonthName",
    pattern: new RegExp(
      `^${WEEKDAY}9{1,2}(?<mark>[-/. ]?)(?:${MONTH}|(?<long>${LONG_MONTH}))(?<mark2>[-/. ]|, ?)?(?<year>9999|99)(?:${TIME})?$`,
    ),
  },
  {
    family: "monthNameDay",
    pattern: new RegExp(
      `^${WEEKDAY}(?:${MONTH}|(?<long>${LONG_MONTH})) 9{1,2}(?<mark2>,? |,)(?<year>9999)(?:${TIME})?$`,
    ),
  },
  {
    family: "monthNameDash",
    pattern: new RegExp(
      `^(?:${MONTH}|(?<long>${LONG_MONTH}))(?<mark>[-/.])9{1,2}\\k<mark>(?<year>9999|99)(?:${TIME})?$`,
    ),
  },
  { family: "isoWeek", pattern: /^9999-w99-9$/ },
  { family: "dayOfYear", pattern: /^9999-999$/ },
  { family: "compact", pattern: new RegExp(`^99999999(?:${TIME})?$`) },
  { family: "compactTime", pattern: /^99999999(?<gap>t| )9999(?<second>99)?(?<zone>z)?$/ },
  { family: "epochSeconds", pattern: /^9{10}$/ },
  { family: "epochMillis", pattern: /^9{13}$/ },
  { family: "epochMicros", pattern: /^9{16}$/ },
  { family: "excel", pattern: /^9{5}(?:\.9+)?$/ },
];

const ORDER_FORMAT: Record<DateOrder, readonly [string, string, string]> = {
  dmy: ["%d", "%m", "%Y"],
  mdy: ["%m", "%d", "%Y"],
  ymd: ["%Y", "%m", "%d"],
};

function numericFormat(order: DateOrder, mark: string, hasShortYear: boolean): string {
  const year = hasShortYear ? "%y" : "%Y";
  return ORDER_FORMAT[order].map((part) => (part === "%Y" ? year : part)).join(mark);
}

/** How a shape is read; undefined where it is not a date. */
export function readShape({ shape, rows }: DateShape): ReadShape | undefined {
  for (const { family, pattern } of PATTERNS) {
    const match = pattern.exec(shape);
    if (match === null) continue;
    const groups: Record<string, string | undefined> = match.groups ?? {};
    const time = family === "compactTime" ? compactTimeFormat(groups) : timeFormat(groups);
    const weekday = groups.weekday === undefined ? "" : `%a${groups.weekday.slice(3)}`;
    const mark = groups.mark ?? "";
    const year = groups.year === "99" ? "%y" : "%Y";
    const month = groups.long === undefined ? "%b" : "%B";
    const formats: Record<DateFamily, (order: DateOrder) => string> = {
      ymd: () => `${weekday}%Y${mark}%m${mark}%d${time}`,
      slash: (order) => weekday + numericFormat(order, mark, groups.year === "99") + time,
      dayMonthName: () => `${weekday}%d${mark}${month}${groups.mark2 ?? ""}${year}${time}`,
      monthNameDay: () => `${weekday}${month} %d${groups.mark2 ?? ""}${year}${time}`,
      monthNameDash: () => `${month}${mark}%d${mark}${year}${time}`,
      isoWeek: () => "%G-W%V-%u",
      dayOfYear: () => "%Y-%j",
      compact: () => `%Y%m%d${time}`,
      compactTime: () => `%Y%m%d${time}`,
      epochSeconds: () => "",
      epochMillis: () => "",
      epochMicros: () => "",
      excel: () => "",
    };
    return {
      family,
      rows,
      format: formats[family],
      hasTime: time !== "",
      hasOffset: /[+-]/.test(groups.zone ?? ""),
      hasLongFraction: (groups.fraction?.length ?? 0) > 7,
      isIso: /^9999-99-99(?: 99:99:99(?:\.9{1,6})?)?$/.test(shape),
    };
  }
  return undefined;
}
