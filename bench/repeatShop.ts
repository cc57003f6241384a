import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Customers and orders of a repetition are this much above those before, beyond all of Online Retail's. */
const STEP = 1_000_000;

/**
 * Writes Online Retail again and again, each time with other customer and order ids, until it has so many rows: the same shop,
 * larger. No field of the file holds a line break.
 * @returns the path of the copy
 */
export async function repeatShop(source: string, target: string, rows: number): Promise<string> {
  async function* lines(): AsyncGenerator<string> {
    let left = rows;
    for (let repetition = 0; left > 0; repetition++) {
      let isHeader = true;
      let chunk = "";
      for await (const line of createInterface({ input: createReadStream(source) })) {
        if (isHeader && repetition > 0) {
          isHeader = false;
          continue;
        }
        chunk += `${isHeader ? line : moved(line, repetition)}\n`;
        if (!isHeader && --left === 0) break;
        isHeader = false;
        if (chunk.length < 1 << 16) continue;
        yield chunk;
        chunk = "";
      }
      yield chunk;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(target));
  return target;
}

/** A line with its order id and customer id moved. */
function moved(line: string, repetition: number): string {
  if (repetition === 0) return line;
  const customer = /,(\d+)(?=,[^,]*$)/;
  return line
    .replace(/^([A-Z]?)(\d+)/, (_, letter: string, id: string) => `${letter}${Number(id) + repetition * STEP}`)
    .replace(customer, (_, id: string) => `,${Number(id) + repetition * STEP}`);
}
