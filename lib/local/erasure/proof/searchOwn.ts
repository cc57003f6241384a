import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { asyncBufferFromFile } from "hyparquet";
import { erasedIdOf } from "../../../domain/customerId.ts";
import type { Found } from "../../../workflow/erasure/types.ts";
import { countWord } from "./byteText.ts";
import { eachCsvCell } from "./csvCells.ts";
import { countInText } from "./searchDelivered.ts";
import { searchParquet } from "./searchParquet.ts";
import { isCustomers, searchValue } from "./searchValue.ts";

/** Looks for a customer in a file of the lake's own, decoded to its values. */
export async function searchOwn(path: string, key: string, id: string): Promise<Found> {
  if (await isParquet(path)) return searchParquet(await asyncBufferFromFile(path), id);
  if (/\.csv$/i.test(key)) return searchCsv(path, id);
  if (/\.html?$/i.test(key)) return searchPage(await readFile(path, "utf8"), id);
  const documents = /\.(json|jsonl|ndjson)$/i.test(key) ? jsonOf(await readFile(path, "utf8")) : [];
  const customers = customersIn(documents, id);
  if (customers > 0) return { customers, places: 0 };
  return { customers, places: await countInText(createReadStream(path), id) };
}

/** A page's scripts hold numbers and words of their own; a page without data is text. */
async function searchPage(page: string, id: string): Promise<Found> {
  const data = [...page.matchAll(/<script[^>]*type="application\/json"[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, text]) => text as string,
  );
  const documents = data.flatMap(jsonOf);
  const places = await countInText(Readable.from([Buffer.from(documents.length === 0 ? page : data.join("\n"))]), id);
  const customers = documents.length === 0 ? places : customersIn(documents, id);
  return { customers, places: customers > 0 ? 0 : places };
}

const customersIn = (documents: readonly unknown[], id: string): number =>
  documents.reduce<number>((sum, document) => sum + searchValue(document, id).customers, 0);

async function isParquet(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString("latin1") === "PAR1";
  } finally {
    await file.close();
  }
}

async function searchCsv(path: string, id: string): Promise<Found> {
  let customers = 0;
  let places = 0;
  let column = -1;
  await eachCsvCell(createReadStream(path, "utf8"), (value, row, position) => {
    if (row === 0) column = isCustomers(value.replace(/^\ufeff/, "")) ? position : column;
    else if (position === column) customers += erasedIdOf(value) === id ? 1 : 0;
    else places += countWord(value, id);
  });
  return { customers, places };
}

/** The documents in a text of JSON, or of JSON lines. */
function jsonOf(text: string): unknown[] {
  const parse = (part: string): unknown[] => {
    try {
      return [JSON.parse(part)];
    } catch {
      // Not a document: what it holds is found as text.
      return [];
    }
  };
  const whole = parse(text);
  return whole.length > 0 ? whole : text.split("\n").flatMap(parse);
}
