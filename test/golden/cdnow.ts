import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LifetimeCells, SpendCells } from "../../lib/domain/forecast/types.ts";
import { SHARED } from "./onlineRetail.ts";

const CUSTOMERS = join(SHARED, "golden/cdnow/bgnbd_customers.csv");
/** The CDNOW sample of the papers: 2,357 customers of the first quarter of 1997. */
export const CDNOW_FILE = join(SHARED, "data/cdnow-sample.csv");
export const hasCdnow = existsSync(CUSTOMERS) && existsSync(CDNOW_FILE);

/** A customer of the reference: weeks, and what an independent script found at the published parameters. */
export interface CdnowCustomer {
  readonly id: string;
  readonly repeatOrders: number;
  readonly recency: number;
  readonly age: number;
  readonly meanSpend: number;
  readonly holdoutOrders: number;
  readonly expectedOrders: number;
  readonly pAlive: number;
  readonly expectedSpend: number;
}

export function cdnowCustomers(): CdnowCustomer[] {
  const [, ...lines] = readFileSync(CUSTOMERS, "utf8").trim().split("\n");
  return lines.map((line) => {
    const [id, ...numbers] = line.split(",");
    const [repeatOrders, recency, age, meanSpend, holdoutOrders, expectedOrders, pAlive, expectedSpend] =
      numbers.map(Number);
    // The file has nine decimals; the data have whole days.
    const whole = (weeks: number): number => Math.round(weeks * 7) / 7;
    return {
      ...{ id, repeatOrders, meanSpend, holdoutOrders, expectedOrders, pAlive, expectedSpend },
      ...{ recency: whole(recency), age: whole(age) },
    };
  });
}

/** Customers counted by their values in these columns, ordered by the first of them. */
function counted<Name extends string>(rows: readonly Readonly<Record<Name, number>>[], names: readonly Name[]) {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const key = names.map((name) => row[name]).join(" ");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const cells = [...counts].map(([key, customers]) => [...key.split(" ").map(Number), customers]);
  cells.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return [...names, "customers"].map((_, at) => Float64Array.from(cells, (cell) => cell[at]));
}

export function lifetimeCells(rows: readonly Pick<CdnowCustomer, "repeatOrders" | "recency" | "age">[]): LifetimeCells {
  const [repeatOrders, recency, age, customers] = counted(rows, ["repeatOrders", "recency", "age"]);
  return { repeatOrders, recency, age, customers };
}

export function spendCells(rows: readonly Pick<CdnowCustomer, "repeatOrders" | "meanSpend">[]): SpendCells {
  const repeat = rows.filter(({ repeatOrders, meanSpend }) => repeatOrders > 0 && meanSpend > 0);
  const [repeatOrders, meanSpend, customers] = counted(repeat, ["repeatOrders", "meanSpend"]);
  return { repeatOrders, meanSpend, customers };
}
