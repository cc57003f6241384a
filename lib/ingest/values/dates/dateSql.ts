import { literal } from "../../sqlText.ts";
import type { DateOrder } from "../../types.ts";
import type { DateFamily, ReadShape } from "./dateShapes.ts";

const strptimes = (value: string, formats: readonly string[]) =>
  `try_strptime(${value}, ${formats.length === 1 ? literal(formats[0] as string) : `[${formats.map(literal).join(", ")}]`})`;

/** An offset from UTC after a time of day. */
const OFFSET = " ?[+-][0-9]{2}(:?[0-9]{2})?";

/** SQL of a moment in UTC as the clocks of a time zone show it. */
const inZone = (moment: string, timeZone: string | undefined): string =>
  timeZone === undefined ? moment : `timezone(${literal(timeZone)}, timezone('UTC', ${moment}))`;

/** SQL of a text's time of day brought to UTC by the offset behind it. */
function utcOf(local: string, text: string): string {
  const part = (group: number): string =>
    `coalesce(try_cast(regexp_extract(${text}, '([+-])([0-9]{2}):?([0-9]{2})?$', ${group}) as integer), 0)`;
  const sign = `case when regexp_matches(${text}, '-[0-9:]+$') then -1 else 1 end`;
  return `${local} - to_minutes(${sign} * (60 * ${part(2)} + ${part(3)}))`;
}

/** How a format ends where the time is in UTC. */
export const IN_UTC = /(?:Z|UTC|GMT)$/;

/** SQL of the ISO text of a value in each of the forms that a column has; NULL where it is in none. */
export function dateExpressions(
  found: string,
  shapes: readonly ReadShape[],
  order: DateOrder,
  timeZone: string | undefined,
): string[] {
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
  const isUtc = (shape: ReadShape): boolean => IN_UTC.test(shape.format(order)) && timeZone !== undefined;
  const inUtc = formatsOf((shape) => shape.hasTime && !shape.hasOffset && isUtc(shape));
  const withTime = formatsOf((shape) => shape.hasTime && !shape.hasOffset && !isUtc(shape));
  const dateOnly = formatsOf(({ hasTime }) => !hasTime);
  const has = (family: DateFamily) => shapes.some((shape) => shape.family === family);
  const digits = (count: string) => `regexp_full_match(${value}, '[0-9]${count}')`;
  const offsetTime = strptimes(`regexp_replace(${value}, '${OFFSET}$', '')`, withOffset);
  const ofOffset = timeZone === undefined ? offsetTime : inZone(utcOf(offsetTime, value), timeZone);
  const text = (moment: string): string => `cast(${moment} as varchar)`;
  const sinceEpoch = (count: string, micros: string): string =>
    `case when ${digits(count)} then ${text(inZone(`make_timestamp(${micros})`, timeZone))} end`;
  return [
    ...(withOffset.length > 0 ? [text(ofOffset)] : []),
    ...(inUtc.length > 0 ? [text(inZone(strptimes(value, inUtc), timeZone))] : []),
    ...(withTime.length > 0 ? [`cast(${strptimes(value, withTime)} as varchar)`] : []),
    ...(dateOnly.length > 0 ? [`cast(cast(${strptimes(value, dateOnly)} as date) as varchar)`] : []),
    ...(has("epochSeconds") ? [sinceEpoch("{10}", `cast(${value} as bigint) * 1000000`)] : []),
    ...(has("epochMillis") ? [sinceEpoch("{13}", `cast(${value} as bigint) * 1000`)] : []),
    ...(has("epochMicros") ? [sinceEpoch("{16}", `cast(${value} as bigint)`)] : []),
    ...(has("excel")
      ? [
          `case when ${digits("{5}")} then cast(date '1899-12-30' + cast(${value} as integer) as varchar) end`,
          // Serials carry the time as a fraction of a day in binary: whole seconds are what was meant.
          `case when ${digits("{5}\\.[0-9]+")} then cast(timestamp '1899-12-30' + to_seconds(cast(round(cast(${value} as double) * 86400) as bigint)) as varchar) end`,
        ]
      : []),
  ];
}
