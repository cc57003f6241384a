import type { SampleRow } from "../columns/orderStructure.ts";
import type { RowReading } from "./answers/rowReading.ts";
import { ask, indexOf, ordersById, type Rule, type Structure } from "./structure.ts";
import type { Restarts } from "./whole/orderFacts.ts";

/** What the numbers of orders say: whether they start anew each day, where the data leave no doubt. Pure. */
export function decideNumbers(
  reading: RowReading,
  structure: Pick<Structure, "columns" | "rows" | "restarts">,
): { readonly reading?: Pick<RowReading, "orderNumbers">; readonly notes?: readonly string[] } {
  if (reading.orderNumbers !== undefined) return {};
  const column = JSON.stringify(structure.columns.order?.column);
  if (restartsDaily(structure)) {
    const note = `column ${column} starts anew each day, from the same number and without a gap: number and day are the order (--order-numbers lasting says otherwise).`;
    return { reading: { orderNumbers: "daily" }, notes: [note] };
  }
  const { anew = 0, example } = structure.restarts ?? {};
  if (anew === 0 || isRestart(structure.restarts)) return {};
  const note = `column ${column}: ${anew === 1 ? "one number stands" : `${anew} numbers stand`} on other days for other customers (${example}); each counts as one order of each customer (--order-numbers daily takes number and day).`;
  return { notes: [note] };
}

/** So few numbers that are given again may be slips. */
const FEW_NUMBERS = 3;
const FEW_SHARE = 0.01;

const isRestart = (restarts: Restarts | undefined): boolean =>
  restarts !== undefined && restarts.anew >= FEW_NUMBERS && restarts.anew >= FEW_SHARE * restarts.orders;

/**
 * Days on which the numbers run from the same first one without a gap, each of one customer: they start anew each day.
 */
function restartsDaily(structure: Pick<Structure, "columns" | "rows">): boolean {
  const { columns, rows } = structure;
  const [order, customer, date] = (["order", "customer", "date"] as const).map(
    (role) => (columns[role]?.position ?? 0) - 1,
  ) as [number, number, number];
  if (order < 0 || customer < 0 || date < 0) return false;
  const filled = rows.filter((row) => [order, customer, date].every((index) => (row[index] ?? "").trim() !== ""));
  const days = [...Map.groupBy(filled, (row) => (row[date] ?? "").trim().slice(0, 10)).values()];
  const numbersOf = (day: readonly SampleRow[]): number[] =>
    [...new Set(day.map((row) => Number(row[order])))].sort((a, b) => a - b);
  const runs = days.map(numbersOf);
  const first = runs[0]?.[0];
  const isRun = (run: readonly number[]): boolean =>
    run[0] === first && run.length > 1 && run.every((value, i) => value === (first as number) + i);
  const keys = Map.groupBy(filled, (row) => `${row[order]} ${(row[date] ?? "").trim().slice(0, 10)}`);
  const isOnes = [...keys.values()].every((own) => new Set(own.map((row) => row[customer])).size === 1);
  return days.length >= 5 && isOnes && runs.filter(isRun).length >= 0.9 * days.length;
}

/** What rows alone say, where nothing has looked through the table. */
function restartsIn(structure: Structure, customer: number, date: number): Restarts {
  const order = indexOf(structure, "order");
  const differ = (index: number, rows: readonly SampleRow[]): boolean =>
    new Set(rows.map((row) => (row[index] ?? "").slice(0, 10)).filter((value) => value !== "")).size > 1;
  const place = new Map(structure.rows.map((row, i) => [row, i]));
  // Lines of one order stand together, whatever else they say.
  const isApart = (rows: readonly SampleRow[]): boolean =>
    (place.get(rows.at(-1) as SampleRow) ?? 0) - (place.get(rows[0] as SampleRow) ?? 0) >= rows.length;
  const apart = ordersById(structure).filter(isApart);
  const anew = apart.filter((rows) => differ(customer, rows) && differ(date, rows)).length;
  const orders = new Set(structure.rows.map((row) => row[order])).size;
  return { apart: apart.length, anew, orders, example: "" };
}

/** Order numbers that start again: one number is several purchases. */
export const askRestartingOrders: Rule = (structure) => {
  const [customer, date] = [indexOf(structure, "customer"), indexOf(structure, "date")];
  if (structure.reading?.orderNumbers !== undefined || structure.byHand.has("order") || customer < 0 || date < 0)
    return undefined;
  const known = structure.restarts ?? restartsIn(structure, customer, date);
  if (!isRestart(known)) return undefined;
  const why = `has the same number on other days for other customers (${known.anew} of ${known.apart} numbers whose rows stand apart${known.example === "" ? "" : `, like ${known.example}`}): receipts that are numbered anew each day are other orders.`;
  const answers = [
    { means: "They start anew each day", flag: "--order-numbers daily" },
    { means: "one number is one order", flag: "--order-numbers lasting" },
  ];
  return ask(structure, "restarting_orders", { role: "order", index: indexOf(structure, "order"), why, answers });
};
