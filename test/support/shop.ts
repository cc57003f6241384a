import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";

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

/** Writes text to a file, its folders too; returns the path. */
export function writeText(path: string, text: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
