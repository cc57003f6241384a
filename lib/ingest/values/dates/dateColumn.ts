import type { ScratchEngine } from "../../engine.ts";
import { UnreadableDatesError } from "../../errors.ts";
import type { LoadedFile } from "../../load/loadedTable.ts";
import type { DateAnswer } from "../../types.ts";
import { trimmedValues } from "../roleValues.ts";
import { refuseOtherCalendars, refuseWrittenCalendars } from "./calendars.ts";
import { type DatePlan, planDates } from "./dateLayout.ts";
import { type DateShape, readShape, shapeSql } from "./dateShapes.ts";
import { inEnglish } from "./englishMonths.ts";
import { tidyDateSql } from "./tidyDates.ts";

async function dateShapes(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  text = (value: string): string => value,
): Promise<DateShape[]> {
  const part = (group: number) =>
    `try_cast(regexp_extract(v, '^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]', ${group}) as integer)`;
  const isoDay = `case when v like '____-__-__%' then try_cast(substr(v, 9, 2) as integer)
    else try_cast(regexp_extract(v, '^[0-9]{4}([-/.])[0-9]{1,2}[-/.]([0-9]{1,2})', 2) as integer) end`;
  const rows = await engine.rows(`
    with parts as (select ${shapeSql("v")} as shape, v, n, ${part(1)} as first, ${part(2)} as second, ${isoDay} as iso_day
                   from (select ${text("v")} as v, n from ${trimmedValues(files, "date")}))
    select shape, cast(sum(n) as double), min(v), max(v), max(first), max(second), coalesce(bool_and(first = second), false),
      coalesce(min(greatest(first, second)), 0), coalesce(max(iso_day), 0)
    from parts group by shape order by 2 desc, 1 limit 10000`);
  // Blank values are left out here: as a filter in the query the engine would trim every row, not every distinct value.
  const filled = rows.filter(([shape]) => shape !== null);
  return filled.map(([shape, count, example, last, maxFirst, maxSecond, isSymmetric, minLarger, maxIsoDay]) => ({
    shape: shape as string,
    rows: count as number,
    example: example as string,
    last: last as string,
    maxFirst: maxFirst as number | null,
    maxSecond: maxSecond as number | null,
    isSymmetric: isSymmetric as boolean,
    minLarger: minLarger as number,
    maxIsoDay: maxIsoDay as number,
  }));
}

/** What is set by hand of dates. */
export interface DateRequest {
  readonly dateLayout?: DateAnswer | undefined;
  /** The zone whose days count, for moments with an offset or in UTC. */
  readonly timeZone?: string | undefined;
}

/** A plan, or the error of a column in which nothing reads. */
function planned(
  shapes: readonly DateShape[],
  about: Parameters<typeof planDates>[1],
): DatePlan | UnreadableDatesError {
  try {
    return planDates(shapes, about);
  } catch (error) {
    if (error instanceof UnreadableDatesError) return error;
    throw error;
  }
}

const rowsOf = (shapes: readonly DateShape[]): number => shapes.reduce((sum, { rows }) => sum + rows, 0);

/**
 * Dates as they are written; where not all read, as they are without what programs write around them, if that reads
 * more.
 * @throws as `planDates`, UnsupportedCalendarError
 */
export async function planDateColumn(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  { dateLayout, timeZone }: DateRequest,
  column: string,
): Promise<DatePlan> {
  const about = { requested: dateLayout, timeZone, column, source: (files[0] as LoadedFile).opened.source };
  const shapes = await dateShapes(engine, files);
  let plan = planned(shapes, about);
  if (plan instanceof UnreadableDatesError || plan.readableRows < rowsOf(shapes)) {
    const tidied = await dateShapes(engine, files, tidyDateSql);
    const readable = tidied.filter((shape) => readShape(shape) !== undefined || isNamed(shape));
    if (rowsOf(readable) > (plan instanceof UnreadableDatesError ? 0 : plan.readableRows)) {
      const tidy = planDates(tidied, about);
      plan = { ...tidy, toIso: (value) => tidy.toIso(tidyDateSql(value)) };
    }
  }
  if (plan instanceof UnreadableDatesError) {
    await refuseWrittenCalendars(engine, files, column);
    throw plan;
  }
  if (!shapes.every(isOfToday)) await refuseOtherCalendars(engine, files, column, plan.toIso);
  return plan;
}

/** Whether all values of a shape start with a year that no other calendar has within living memory. */
const isOfToday = ({ shape, example, last }: DateShape): boolean =>
  /^9{4}-/.test(shape) && example >= "1471" && last < "2490";

/** Whether a shape reads once its month is in English. */
const isNamed = (shape: DateShape): boolean => inEnglish([shape]).shapes.some((one) => readShape(one) !== undefined);
