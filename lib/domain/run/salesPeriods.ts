import { z } from "zod";
import { addDays, addMonths } from "../dates.ts";

const money = z.number().describe("In the currency of the file.");
const count = z.int().min(0);

const period = z.object({
  from: z.string().describe("First day, ISO."),
  to: z.string().describe("Last day."),
  revenue: money,
  orders: count,
});

/** Sales of finished periods beside those of equal ones before them. */
export const salesPeriodsSchema = z
  .object({
    month: z
      .object({ latest: period, before: period.nullable(), yearBefore: period.nullable() })
      .nullable()
      .describe("The latest month that is over; null where none is whole. Months before the history are null."),
    days28: z
      .object({ latest: period, before: period })
      .nullable()
      .describe("The latest 28 days and the 28 before; null where the history is shorter."),
    openMonth: period.nullable().describe("The month that is not over: not to be compared with whole ones."),
  })
  .describe("What can be compared: periods that are as long, and over.");

export type SalesPeriods = z.infer<typeof salesPeriodsSchema>;
export type SalesPeriod = z.infer<typeof period>;

/** Sales of a day or of a month, by its first day, ISO. */
export interface DatedSales {
  readonly start: string;
  readonly revenue: number;
  readonly orders: number;
}

/** The days that a history covers, ISO. */
export interface CoveredSpan {
  readonly firstDate: string;
  readonly lastDate: string;
  readonly snapshotDate: string;
}

const WEEKS_4 = 28;

/**
 * Sales of periods that may be compared. A day or a month without sales counts as zero within the history, and is not
 * known beyond it.
 */
export function salesPeriods(
  months: readonly DatedSales[],
  days: readonly DatedSales[],
  { firstDate, lastDate, snapshotDate }: CoveredSpan,
): SalesPeriods {
  const afterLast = addDays(lastDate, 1);
  const end = afterLast < snapshotDate ? afterLast : snapshotDate;
  const byMonth = new Map(months.map((month) => [month.start.slice(0, 7), month]));
  const month = (start: string): SalesPeriod | null => {
    if (start < firstDate || nextMonth(start) > end) return null;
    return { from: start, to: addDays(nextMonth(start), -1), ...salesOf(byMonth.get(start.slice(0, 7))) };
  };
  const current = `${end.slice(0, 7)}-01`;
  const start = addMonths(current, -1);
  const latest = month(start);
  const window = (from: string): SalesPeriod => {
    const to = addDays(from, WEEKS_4 - 1);
    return { from, to, ...summed(days.filter((day) => day.start >= from && day.start <= to)) };
  };
  const from = addDays(end, -WEEKS_4);
  const before = addDays(from, -WEEKS_4);
  return {
    month:
      latest === null
        ? null
        : { latest, before: month(addMonths(start, -1)), yearBefore: month(addMonths(start, -12)) },
    days28: before < firstDate ? null : { latest: window(from), before: window(before) },
    openMonth:
      current === end ? null : { from: current, to: addDays(end, -1), ...salesOf(byMonth.get(current.slice(0, 7))) },
  };
}

const salesOf = (sales: DatedSales | undefined): Pick<SalesPeriod, "revenue" | "orders"> => ({
  revenue: sales?.revenue ?? 0,
  orders: sales?.orders ?? 0,
});

const summed = (days: readonly DatedSales[]): Pick<SalesPeriod, "revenue" | "orders"> => ({
  revenue: Math.round(days.reduce((sum, { revenue }) => sum + revenue, 0) * 10_000) / 10_000,
  orders: days.reduce((sum, { orders }) => sum + orders, 0),
});

const nextMonth = (start: string): string => addMonths(start, 1);
