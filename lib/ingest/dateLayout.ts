import { inEnglish, replaceSql } from "./englishMonths.ts";
import { UndecidableDateLayoutError, UnreadableDatesError } from "./errors.ts";
import { literal } from "./sqlText.ts";
import type { DateOrder } from "./types.ts";

/** One written form of the values of a date column: digits as 9, letters in lower case. */
export interface DateShape {
  readonly shape: string;
  readonly rows: number;
  /** One of the values. */
  readonly example: string;
  /** Greatest first and second number of the numeric date, where it starts with two numbers. */
  readonly maxFirst: number | null;
  readonly maxSecond: number | null;
  /** Whether first and second number are equal in every value. */
  readonly isSymmetric: boolean;
}

export interface DatePlan {
  /** In words, for people. */
  readonly description: string;
  /** SQL over the trimmed value of the column: ISO text, or the value as found. */
  readonly toIso: (value: string) => string;
  readonly readableRows: number;
}

/** SQL that brings a trimmed value to its shape. */
export const shapeSql = (value: string): string => `translate(lower(${value}), '012345678', '999999999')`;

const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
const LONG_MONTH = "(?:january|february|march|april|june|july|august|september|october|november|december)";
const TIME =
  "(?<gap>t|,? +|)(?<hour>9{1,2}):99(?<second>:99)?(?<fraction>\\.9{1,9})?(?<half> ?[ap]m)?(?<zone> ?(?:z|utc|gmt)| ?[+-]99(?::?99)?)?";
const WEEKDAY = "(?<weekday>(?:mon|tue|wed|thu|fri|sat|sun),? )?";

type Family =
  | "ymd"
  | "slash"
  | "dayMonthName"
  | "monthNameDay"
  | "monthNameDash"
  | "compact"
  | "compactTime"
  | "epochSeconds"
  | "epochMillis"
  | "epochMicros"
  | "excel";

interface ReadShape {
  readonly family: Family;
  readonly rows: number;
  /** strptime format for each order; the same one where the order does not matter. */
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
  const zoneFormat = /[+-]/.test(zone) ? `${zone.startsWith(" ") ? " " : ""}%z` : zone.toUpperCase();
  const half = groups.half === undefined ? "" : `${groups.half.startsWith(" ") ? " " : ""}%p`;
  return `${gap}${half === "" ? "%H" : "%I"}:%M${groups.second === undefined ? "" : ":%S"}${
    groups.fraction === undefined ? "" : ".%f"
  }${half}${zoneFormat}`;
}

const compactTimeFormat = ({ gap, second, zone }: Record<string, string | undefined>): string =>
  `${gap?.toUpperCase() ?? ""}%H%M${second === undefined ? "" : "%S"}${zone === undefined ? "" : "Z"}`;

const PATTERNS: readonly { readonly family: Family; readonly pattern: RegExp }[] = [
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

function readShape({ shape, rows }: DateShape): ReadShape | undefined {
  for (const { family, pattern } of PATTERNS) {
    const match = pattern.exec(shape);
    if (match === null) continue;
    const groups: Record<string, string | undefined> = match.groups ?? {};
    const time = family === "compactTime" ? compactTimeFormat(groups) : timeFormat(groups);
    const weekday = groups.weekday === undefined ? "" : `%a${groups.weekday.slice(3)}`;
    const mark = groups.mark ?? "";
    const year = groups.year === "99" ? "%y" : "%Y";
    const month = groups.long === undefined ? "%b" : "%B";
    const formats: Record<Family, (order: DateOrder) => string> = {
      ymd: () => `${weekday}%Y${mark}%m${mark}%d${time}`,
      slash: (order) => weekday + numericFormat(order, mark, groups.year === "99") + time,
      dayMonthName: () => `${weekday}%d${mark}${month}${groups.mark2 ?? ""}${year}${time}`,
      monthNameDay: () => `${weekday}${month} %d${groups.mark2 ?? ""}${year}${time}`,
      monthNameDash: () => `${month}${mark}%d${mark}${year}${time}`,
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
      hasOffset: time.includes("%z"),
      hasLongFraction: (groups.fraction?.length ?? 0) > 7,
      isIso: /^9999-99-99(?: 99:99:99(?:\.9{1,6})?)?$/.test(shape),
    };
  }
  return undefined;
}

function decideOrder(shapes: readonly DateShape[], column: string, source: string): DateOrder | undefined {
  const numeric = shapes.filter((shape) => readShape(shape)?.family === "slash");
  if (numeric.length === 0) return undefined;
  const flag = "Say which with --date-layout dmy or --date-layout mdy.";
  const maxFirst = Math.max(...numeric.map((shape) => shape.maxFirst ?? 0));
  const maxSecond = Math.max(...numeric.map((shape) => shape.maxSecond ?? 0));
  const example = numeric[0]?.example;
  if (maxFirst > 31) return "ymd";
  if (maxFirst > 12 && maxSecond > 12) {
    throw new UndecidableDateLayoutError(
      "contradictory_dates",
      `${source}: the dates of column ${JSON.stringify(column)} contradict each other: some can only be day/month, others only month/day (like ${JSON.stringify(example)}). ${flag} Dates that do not fit are then set aside with their line numbers.`,
      { source, column },
    );
  }
  if (maxFirst > 12) return "dmy";
  if (maxSecond > 12) return "mdy";
  if (numeric.every(({ shape }) => /^9{1,2}\./.test(shape))) return "dmy";
  if (numeric.every(({ isSymmetric }) => isSymmetric)) return "dmy";
  throw new UndecidableDateLayoutError(
    "undecidable_dates",
    `${source}: the dates of column ${JSON.stringify(column)} read as day/month and as month/day equally well (like ${JSON.stringify(example)}; no number above 12 in either place). ${flag}`,
    { source, column },
  );
}

const WORDS: Record<string, string> = {
  "%Y": "year",
  "%y": "two-digit year",
  "%m": "month",
  "%d": "day",
  "%b": "month name",
  "%B": "month name",
  "%H": "hour",
  "%I": "hour (12)",
  "%M": "minute",
  "%S": "second",
  "%f": "fraction",
  "%p": "am/pm",
  "%z": "offset",
  "%a": "weekday",
};

const inWords = (format: string) => format.replace(/%[A-Za-z]/g, (part) => WORDS[part] ?? part);

const strptimes = (value: string, formats: readonly string[]) =>
  `try_strptime(${value}, ${formats.length === 1 ? literal(formats[0] as string) : `[${formats.map(literal).join(", ")}]`})`;

function expressions(found: string, shapes: readonly ReadShape[], order: DateOrder): string[] {
  const isLong = shapes.some(({ hasLongFraction }) => hasLongFraction);
  const value = isLong ? `regexp_replace(${found}, '([.][0-9]{6})[0-9]+', '\\1')` : found;
  // Short years first: %Y would read 17 as the year 17, whereas %y leaves the rest of 2017 over and fails.
  const formatsOf = (test: (shape: ReadShape) => boolean) =>
    [
      ...new Set(
        shapes.filter((shape) => shape.format(order) !== "" && test(shape)).map((shape) => shape.format(order)),
      ),
    ].sort((a, b) => Number(b.includes("%y")) - Number(a.includes("%y")) || (a < b ? -1 : 1));
  const withOffset = formatsOf(({ hasOffset }) => hasOffset);
  const withTime = formatsOf(({ hasTime, hasOffset }) => hasTime && !hasOffset);
  const dateOnly = formatsOf(({ hasTime }) => !hasTime);
  const has = (family: Family) => shapes.some((shape) => shape.family === family);
  const digits = (count: string) => `regexp_full_match(${value}, '[0-9]${count}')`;
  return [
    ...(withOffset.length > 0 ? [`cast(make_timestamp(epoch_us(${strptimes(value, withOffset)})) as varchar)`] : []),
    ...(withTime.length > 0 ? [`cast(${strptimes(value, withTime)} as varchar)`] : []),
    ...(dateOnly.length > 0 ? [`cast(cast(${strptimes(value, dateOnly)} as date) as varchar)`] : []),
    ...(has("epochSeconds")
      ? [`case when ${digits("{10}")} then cast(make_timestamp(cast(${value} as bigint) * 1000000) as varchar) end`]
      : []),
    ...(has("epochMillis")
      ? [`case when ${digits("{13}")} then cast(make_timestamp(cast(${value} as bigint) * 1000) as varchar) end`]
      : []),
    ...(has("epochMicros")
      ? [`case when ${digits("{16}")} then cast(make_timestamp(cast(${value} as bigint)) as varchar) end`]
      : []),
    ...(has("excel")
      ? [
          `case when ${digits("{5}")} then cast(date '1899-12-30' + cast(${value} as integer) as varchar) end`,
          // Serials carry the time as a fraction of a day in binary: whole seconds are what was meant.
          `case when ${digits("{5}\\.[0-9]+")} then cast(timestamp '1899-12-30' + to_seconds(cast(round(cast(${value} as double) * 86400) as bigint)) as varchar) end`,
        ]
      : []),
  ];
}

/**
 * Decides how the values of a date column are written, from all of its shapes, and how to bring them to ISO text.
 * Values of no known shape stay as found. Throws `UndecidableDateLayoutError`, `UnreadableDatesError`.
 */
export function planDates(
  found: readonly DateShape[],
  requested: DateOrder | undefined,
  column: string,
  source: string,
): DatePlan {
  const { shapes, replacements } = inEnglish(found);
  const read = shapes.map(readShape).filter((shape) => shape !== undefined);
  if (read.length === 0 && shapes.length > 0) {
    throw new UnreadableDatesError(
      "unreadable_dates",
      `${source}: no value of column ${JSON.stringify(column)} reads as a date (like ${JSON.stringify(shapes[0]?.example)}). Name the date column with --map date=COLUMN.`,
      { source, column },
    );
  }
  const readableRows = read.reduce((sum, { rows }) => sum + rows, 0);
  const order = requested ?? decideOrder(shapes, column, source) ?? "ymd";
  const formats = [
    ...new Set(read.map(({ family, format }) => (format(order) === "" ? family : inWords(format(order))))),
  ];
  const description = formats.slice(0, 3).join(", ") + (formats.length > 3 ? ", …" : "");
  if (read.every(({ isIso }) => isIso)) return { description, readableRows, toIso: (value) => value };
  return {
    description,
    readableRows,
    toIso: (value) => `coalesce(${[...expressions(replaceSql(value, replacements), read, order), value].join(", ")})`,
  };
}
