import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import { simulateOrders, simulateSpend, simulateSpendRate } from "../../lib/domain/forecast/fit/simulate.ts";

export interface ShopOptions {
  readonly seed: number;
  readonly customers: number;
  readonly lines: number;
}

export const SHOP_HEADER = "customer_id,order_id,order_date,product_id,quantity,unit_price";

/** A small shop as CSV: purchases over a year, some returns, guests, exact copies and rows that nobody can read. */
export function shopCsv({ seed, customers, lines }: ShopOptions): string {
  const random = createRandom(seed);
  const rows: string[] = [];
  for (let i = 0; i < lines; i++) {
    const customer = Math.floor(random() ** 2 * customers);
    const day = new Date(Date.UTC(2024, 0, 1) + randomInteger(random, 366) * 86_400_000).toISOString().slice(0, 10);
    const isReturn = random() < 0.05;
    const order = `${isReturn ? "C" : ""}${10_000 + (i >> 1)}`;
    const quantity = (isReturn ? -1 : 1) * (1 + randomInteger(random, 9));
    const price = (random() ** 3 * 90 + 1).toFixed(2);
    const id = random() < 0.04 ? "" : `K${String(customer).padStart(4, "0")}`;
    rows.push(`${id},${order},${random() < 0.01 ? "soon" : day},P${randomInteger(random, 30)},${quantity},${price}`);
    if (random() < 0.02) rows.push(rows.at(-1) as string);
  }
  return `${SHOP_HEADER}\n${rows.join("\n")}\n`;
}

/** A shop over a year that customers leave, as the forecast's models have it: an order a line. */
export function leavingShopCsv({ seed, customers }: Omit<ShopOptions, "lines">): string {
  const random = createRandom(seed);
  const rows = Array.from({ length: customers }, (_, customer) => {
    const first = randomInteger(random, 300);
    const rate = simulateSpendRate(random, { p: 6, q: 4, gamma: 15 });
    const later = simulateOrders(random, "bg-nbd", { r: 0.6, alpha: 12, a: 0.8, b: 2.5 }, 365 - first);
    return [0, ...later].map((days, order) => {
      const day = new Date(Date.UTC(2024, 0, 1) + Math.floor(first + days) * 86_400_000).toISOString().slice(0, 10);
      const price = (simulateSpend(random, { p: 6, q: 4, gamma: 15 }, rate, 1) + 0.01).toFixed(2);
      return `K${String(customer).padStart(4, "0")},${customer}-${order},${day},P${order % 30},1,${price}`;
    });
  });
  return `${SHOP_HEADER}\n${rows.flat().join("\n")}\n`;
}

/** Writes text to a file, its folders too; returns the path. */
export function writeText(path: string, text: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
