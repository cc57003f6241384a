import { createReadStream, createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { DEMO_COLUMNS } from "./demoShop.ts";

/** The last month of the demo's shop, which comes as a file of its own. */
const LAST_MONTH = "2025-12";
const DATE_AT = DEMO_COLUMNS.indexOf("order_date");

/**
 * Moves the last month of a shop's file into another one, as a shop delivers it month by month. A line without a date
 * that can be read stays with the line before it.
 */
export async function moveLastMonth(path: string, laterPath: string): Promise<void> {
  const earlierPath = `${path}.earlier`;
  const [earlier, later] = [createWriteStream(earlierPath), createWriteStream(laterPath)];
  let isHeader = true;
  let file = earlier;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const text = `${line}\n`;
    if (isHeader) {
      isHeader = false;
      for (const each of [earlier, later]) each.write(text);
      continue;
    }
    const date = line.split(",", DATE_AT + 1)[DATE_AT] ?? "";
    if (/^\d/.test(date)) file = date.startsWith(LAST_MONTH) ? later : earlier;
    if (!file.write(text)) await new Promise<void>((resolve) => file.once("drain", resolve));
  }
  for (const each of [earlier, later]) {
    each.end();
    await finished(each);
  }
  await rename(earlierPath, path);
}
