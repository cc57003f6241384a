import type { CheckedCustomers } from "../../domain/forecast/holdout.ts";
import type { ForecastInput } from "../../domain/forecast/makeForecast.ts";
import type { CustomerCells, SpendCells } from "../../domain/forecast/types.ts";
import { toTenThousandths } from "../../domain/money.ts";
import type { ObjectStore } from "../../ports.ts";
import { type Column, columnNames } from "../../tables/contract.ts";
import { STAGES } from "../../tables/stages.ts";
import { tablePrefix } from "../lake/layout.ts";
import { countRows, readColumns } from "../lake/parquet.ts";
import { readStage } from "../lake/readTable.ts";
import { inOrder, orderOfRows } from "../shards/customerOrder.ts";

/**
 * The cells that forecast_cells.sql unloaded: times in days. @param prefix folder of the stages, with a trailing slash.
 */
export async function readForecastCells(
  store: ObjectStore,
  prefix: string,
): Promise<{ readonly cells: CustomerCells; readonly spendCells: SpendCells }> {
  const columns = await readNumbers(store, folderOf(prefix, "forecast_cells"), "forecast_cells");
  const rows = (isSpend: boolean): number[] => {
    const found = Array.from(columns.customers.keys()).filter((at) => Number.isNaN(columns.age_days[at]) === isSpend);
    // Athena promises no order across the files of an UNLOAD, and sums depend on it in their last digits.
    const by = isSpend
      ? (["repeat_orders", "repeat_spend"] as const)
      : (["repeat_orders", "recency_days", "age_days"] as const);
    return found.sort((a, b) => by.reduce((order, name) => order || columns[name][a] - columns[name][b], 0));
  };
  const [lifetime, spend] = [rows(false), rows(true)];
  const take = (name: keyof typeof columns, at: readonly number[]) =>
    Float64Array.from(at, (row) => columns[name][row]);
  return {
    cells: {
      repeatOrders: take("repeat_orders", lifetime),
      recency: take("recency_days", lifetime),
      age: take("age_days", lifetime),
      customers: take("customers", lifetime),
      totalRepeatSpend: take("total_repeat_spend", lifetime),
    },
    spendCells: {
      repeatOrders: take("repeat_orders", spend),
      meanSpend: Float64Array.from(spend, (row) => columns.repeat_spend[row] / columns.repeat_orders[row]),
      customers: take("customers", spend),
    },
  };
}

/**
 * The customers that forecast_customers.sql unloaded, in the order of their ids, for the coverage of intervals is drawn
 * by the number of a row; null where there are none.
 */
export async function readCheckedCustomers(store: ObjectStore, prefix: string): Promise<CheckedCustomers | null> {
  const folder = folderOf(prefix, "forecast_customers");
  const found = await readNumbers(store, folder, "forecast_customers");
  if (found.repeat_orders.length === 0) return null;
  const order = await orderOfCustomers(store, folder);
  const columns = Object.fromEntries(
    Object.entries(found).map(([name, column]) => [name, inOrder(column, order)]),
  ) as typeof found;
  return {
    repeatOrders: columns.repeat_orders,
    recencyDays: columns.recency_days,
    ageDays: columns.age_days,
    spend: columns.spend,
    repeatSpend: columns.repeat_spend,
    lastYearOrders: columns.last_year_orders,
    lastYearSpend: columns.last_year_spend,
    laterOrders: columns.later_orders,
    laterSpend: columns.later_spend,
  };
}

/** The days that forecast_days.sql unloaded, the first one first. */
export async function readOrderDays(store: ObjectStore, prefix: string): Promise<ForecastInput["orderDays"]> {
  const rows = await readStage(store, "forecast_days", prefix);
  return rows.map((row) => ({ date: row.order_date, firstOrders: row.first_orders, repeatOrders: row.repeat_orders }));
}

async function orderOfCustomers(store: ObjectStore, folder: string): Promise<Uint32Array> {
  const files = await countRows(store, folder);
  const ids: string[] = [];
  for (const { key, rows } of files) {
    const read = await readColumns(store, { key, start: 0, end: rows }, ["customer_id"]);
    for (const id of Array.from(read.get("customer_id") as ArrayLike<string>)) ids.push(id);
  }
  return orderOfRows(ids, folder);
}

const folderOf = (prefix: string, stage: NumberStage): string => tablePrefix(prefix, stage, STAGES[stage].within);

type NumberStage = "forecast_cells" | "forecast_customers";

/** The number columns of a stage, in key order; a missing cell is NaN. */
async function readNumbers<Name extends NumberStage>(
  store: ObjectStore,
  prefix: string,
  stage: Name,
): Promise<Readonly<Record<keyof (typeof STAGES)[Name]["columns"] & string, Float64Array>>> {
  const contract = STAGES[stage];
  const columns: Readonly<Record<string, Column>> = contract.columns;
  const names = columnNames<Readonly<Record<string, Column>>>(contract).filter(
    (name) => columns[name].holds !== "text",
  );
  const files = await countRows(store, prefix);
  const total = files.reduce((sum, { rows }) => sum + rows, 0);
  const found = Object.fromEntries(names.map((name) => [name, new Float64Array(total)]));
  let offset = 0;
  for (const { key, rows } of files) {
    const read = await readColumns(store, { key, start: 0, end: rows }, names);
    for (const name of names) {
      const cells = read.get(name) as ArrayLike<unknown>;
      for (let row = 0; row < rows; row++) found[name][offset + row] = numberOf(cells[row], columns[name]);
    }
    offset += rows;
  }
  return found as never;
}

/** Decimals come multiplied by 0.0001, which is off by an ulp; a division rounds right. */
function numberOf(cell: unknown, { holds }: Column): number {
  if (cell === null || cell === undefined) return Number.NaN;
  return holds === "money" ? toTenThousandths(Number(cell)) / 10_000 : Number(cell);
}
