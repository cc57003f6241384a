import type { ScratchEngine } from "../../engine.ts";
import { UnreadableDatesError } from "../../errors.ts";
import type { LoadedFile } from "../../load/loadedTable.ts";
import type { DateOrder } from "../../types.ts";
import { trimmedValues } from "../roleValues.ts";
import { type DatePlan, planDates } from "./dateLayout.ts";
import { type DateShape, readShape, shapeSql } from "./dateShapes.ts";
import { tidyDateSql } from "./tidyDates.ts";

async function dateShapes(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  text = (value: string): string => value,
): Promise<DateShape[]> {
  const part = (group: number) =>
    `try_cast(regexp_extract(v, '^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]', ${group}) as integer)`;
  const isoDay = "try_cast(regexp_extract(v, '^[0-9]{4}([-/.])[0-9]{1,2}[-/.]([0-9]{1,2})', 2) as integer)";
  const rows = await engine.rows(`
    with parts as (select ${shapeSql("v")} as shape, v, n, ${part(1)} as first, ${part(2)} as second, ${isoDay} as iso_day
                   from (select ${text("v")} as v, n from ${trimmedValues(files, "date")}))
    select shape, cast(sum(n) as double), min(v), max(first), max(second), coalesce(bool_and(first = second), false),
      coalesce(min(greatest(first, second)), 0), coalesce(max(iso_day), 0)
    from parts group by shape order by 2 desc, 1 limit 10000`);
  // Blank values are left out here: as a filter in the query the engine would trim every row, not every distinct value.
  const filled = rows.filter(([shape]) => shape !== null);
  return filled.map(([shape, count, example, maxFirst, maxSecond, isSymmetric, minLarger, maxIsoDay]) => ({
    shape: shape as string,
    rows: count as number,
    example: example as string,
    maxFirst: maxFirst as number | null,
    maxSecond: maxSecond as number | null,
    isSymmetric: isSymmetric as boolean,
    minLarger: minLarger as number,
    maxIsoDay: maxIsoDay as number,
  }));
}

/** Dates as they are written; where none reads, as they are without what programs write around them. @throws as `planDates` */
export async function planDateColumn(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  order: DateOrder | undefined,
  column: string,
): Promise<DatePlan> {
  const { source } = (files[0] as LoadedFile).opened;
  try {
    return planDates(await dateShapes(engine, files), order, column, source);
  } catch (error) {
    if (!(error instanceof UnreadableDatesError)) throw error;
    const shapes = await dateShapes(engine, files, tidyDateSql);
    if (shapes.every((shape) => readShape(shape) === undefined)) throw error;
    const plan = planDates(shapes, order, column, source);
    return { ...plan, toIso: (value) => plan.toIso(tidyDateSql(value)) };
  }
}
