import { UndecidableDateLayoutError, UnreadableDatesError } from "../../errors.ts";
import type { DateAnswer, DateOrder } from "../../types.ts";
import { type DateFamily, type DateShape, type ReadShape, readShape } from "./dateShapes.ts";
import { dateExpressions, IN_UTC } from "./dateSql.ts";
import { inEnglish, replaceSql } from "./englishMonths.ts";

export interface DatePlan {
  /** In words, for people. */
  readonly description: string;
  /** SQL over the trimmed value of the column: ISO text, or the value as found. */
  readonly toIso: (value: string) => string;
  readonly readableRows: number;
}

function decideOrder(shapes: readonly DateShape[], column: string, source: string): DateOrder | undefined {
  const numeric = shapes.filter((shape) => readShape(shape)?.family === "slash");
  if (numeric.length === 0) return undefined;
  const flag = "Say which with --date-layout dmy or --date-layout mdy.";
  const maxFirst = Math.max(...numeric.map((shape) => shape.maxFirst ?? 0));
  const maxSecond = Math.max(...numeric.map((shape) => shape.maxSecond ?? 0));
  const example = numeric[0]?.example;
  if (maxFirst > 31) return "ymd";
  refuseHalfSwapped(shapes, numeric, column, source);
  if (maxFirst > 12 && maxSecond > 12) {
    throw new UndecidableDateLayoutError(
      "CONTRADICTORY_DATES",
      `${source}: the dates of column ${JSON.stringify(column)} contradict each other: some can only be day/month, others only month/day (like ${JSON.stringify(example)}). ${flag} Dates that do not fit are then set aside with their line numbers.`,
      { source, column },
    );
  }
  if (maxFirst > 12) return "dmy";
  if (maxSecond > 12) return "mdy";
  if (numeric.every(({ shape }) => /^9{1,2}\./.test(shape))) return "dmy";
  if (numeric.every(({ isSymmetric }) => isSymmetric)) return "dmy";
  throw new UndecidableDateLayoutError(
    "UNDECIDABLE_DATES",
    `${source}: the dates of column ${JSON.stringify(column)} read as day/month and as month/day equally well (like ${JSON.stringify(example)}; no number above 12 in either place). ${flag}`,
    { source, column },
  );
}

/**
 * A spreadsheet that takes day/month for month/day turns dates up to the 12th into (swapped) dates, and leaves the rest
 * as text. Then every day above 12 is in one form, and none in the other.
 */
function refuseHalfSwapped(
  shapes: readonly DateShape[],
  numeric: readonly DateShape[],
  column: string,
  source: string,
): void {
  const dated = shapes.filter((shape) => readShape(shape)?.family === "ymd");
  const isSplit = dated.every(({ maxIsoDay }) => maxIsoDay <= 12) && numeric.every(({ minLarger }) => minLarger > 12);
  if (dated.length === 0 || !isSplit) return;
  const layout = numeric.every(({ maxFirst }) => (maxFirst ?? 0) > 12) ? "dmy" : "mdy";
  throw new UndecidableDateLayoutError(
    "HALF_SWAPPED_DATES",
    `${source}: a spreadsheet seems to have swapped day and month in part of column ${JSON.stringify(column)}: all days above 12 are written like ${JSON.stringify(numeric[0]?.example)}, all others like ${JSON.stringify(dated[0]?.example)}. Take the file as it was before it was opened there. Or say what they are: --date-layout swapped reads ${JSON.stringify(dated[0]?.example)} as the day and month that the spreadsheet had swapped, and with --date-layout ${layout} all dates are right as they stand.`,
    { source, column, flags: ["--date-layout swapped", `--date-layout ${layout}`] },
  );
}

/** The order of the dates that a spreadsheet has left as they were written. */
const writtenOrder = (shapes: readonly DateShape[]): DateOrder =>
  shapes.some((shape) => readShape(shape)?.family === "slash" && (shape.maxSecond ?? 0) > 12) ? "mdy" : "dmy";

/** A date of which a spreadsheet has swapped day and month, as it was; one that cannot be is read as it stands. */
const unswapped = (shape: ReadShape): ReadShape =>
  shape.family === "ymd"
    ? {
        ...shape,
        isIso: false,
        format: (order) => shape.format(order).replace("%m", "%D").replace("%d", "%m").replace("%D", "%d"),
      }
    : shape;

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
  "%a": "weekday",
  "%G": "year",
  "%V": "week",
  "%u": "day of the week",
  "%j": "day of the year",
};

const NUMBERS_IN_WORDS: Partial<Record<DateFamily, string>> = {
  epochSeconds: "seconds since 1970",
  epochMillis: "milliseconds since 1970",
  epochMicros: "microseconds since 1970",
  excel: "days of a spreadsheet (Excel serials)",
};

const inWords = (format: string) => format.replace(/%[A-Za-z]/g, (part) => WORDS[part] ?? part);

/**
 * Decides how the values of a date column are written, from all of its shapes, and how to bring them to ISO text.
 * Values of no known shape stay as found.
 * @throws UndecidableDateLayoutError, UnreadableDatesError.
 */
export function planDates(
  found: readonly DateShape[],
  about: {
    readonly requested: DateAnswer | undefined;
    readonly timeZone?: string | undefined;
    readonly column: string;
    readonly source: string;
  },
): DatePlan {
  const { requested, timeZone, column, source } = about;
  const { shapes, replacements } = inEnglish(found);
  const asFound = shapes.map(readShape).filter((shape) => shape !== undefined);
  const read = about.requested === "swapped" ? asFound.map(unswapped) : asFound;
  if (read.length === 0 && shapes.length > 0) {
    const isMonthly = shapes.every(({ shape }) =>
      /^(?:9{4}[-/.]9{1,2}|9{1,2}[-/.]9{4}|q9.*9{4}|9{4}.?q9|9{4})$/.test(shape),
    );
    const why = isMonthly ? "names months, quarters or years, and no days" : "holds no value that reads as a date";
    throw new UnreadableDatesError(
      "UNREADABLE_DATES",
      `${source}: column ${JSON.stringify(column)} ${why} (like ${JSON.stringify(shapes[0]?.example)}). Name the date column with --map date=COLUMN.`,
      { source, column },
    );
  }
  const readableRows = read.reduce((sum, { rows }) => sum + rows, 0);
  const isSwapped = requested === "swapped";
  const order = isSwapped ? writtenOrder(shapes) : (requested ?? decideOrder(shapes, column, source) ?? "ymd");
  const said = ({ family, format, hasOffset }: ReadShape): string =>
    NUMBERS_IN_WORDS[family] ?? `${inWords(format(order))}${hasOffset ? " offset" : ""}`;
  const formats = [...new Set(read.map(said))];
  const isConverted =
    timeZone !== undefined &&
    read.some((shape) => shape.hasOffset || IN_UTC.test(shape.format(order)) || shape.family.startsWith("epoch"));
  const zone = isConverted ? `, moments in ${timeZone}` : "";
  const description = formats.slice(0, 3).join(", ") + (formats.length > 3 ? ", …" : "") + zone;
  if (read.every(({ isIso }) => isIso)) return { description, readableRows, toIso: (value) => value };
  return {
    description,
    readableRows,
    toIso: (value) =>
      `coalesce(${[...dateExpressions(replaceSql(value, replacements), read, order, timeZone), value].join(", ")})`,
  };
}
