import type { DataType, Table } from "apache-arrow";
import { dayNumber } from "../domain/dates.ts";
import { SegmentationError } from "../domain/errors.ts";
import { decimalTextToUnits } from "../domain/money.ts";
import { SEGMENT_ROWS, type SegmentColumn } from "../tables/segments.ts";
import type { CustomerSegment } from "./customers.ts";

/** apache-arrow is not installed: nobody needs it who asks for no Arrow. */
export class NoArrowError extends SegmentationError {
  constructor(cause: unknown) {
    super("NO_ARROW", "An Arrow table needs the package apache-arrow: npm install apache-arrow.", {}, { cause });
  }
}

const WORDS_OF_A_DECIMAL = 4;

/**
 * Customers as one Arrow table. Text is not a dictionary; money is decimal(18, 4), exact; days are DateDay.
 * @throws NoArrowError
 */
export async function arrowTable(customers: AsyncIterable<CustomerSegment>): Promise<Table> {
  const arrow = await import("apache-arrow").catch((error: unknown) => {
    throw new NoArrowError(error);
  });
  const rows: CustomerSegment[] = [];
  for await (const row of customers) rows.push(row);
  // The last column is there where the clusters are a mixture's.
  const given = Object.entries(SEGMENT_ROWS.columns).filter(
    ([name]) => name !== "cluster_probability" || rows[0]?.cluster_probability !== undefined,
  );
  const vectors = given.map(([name, { type, holds }]) => {
    const values = rows.map((row) => row[name as SegmentColumn]);
    const numbers = (arrowType: DataType, data: ArrayBufferView): unknown =>
      arrow.makeVector(arrow.makeData({ type: arrowType, length: rows.length, nullCount: 0, data } as never));
    if (holds === "money") return [name, numbers(new arrow.Decimal(4, 18, 128), decimalWords(values as string[]))];
    if (holds === "day") return [name, numbers(new arrow.DateDay(), Int32Array.from(values as string[], dayNumber))];
    if (holds === "real") return [name, numbers(new arrow.Float64(), Float64Array.from(values as number[]))];
    if (type === "bigint") return [name, numbers(new arrow.Int64(), BigInt64Array.from(values as number[], BigInt))];
    if (holds === "integer") return [name, numbers(new arrow.Int32(), Int32Array.from(values as number[]))];
    return [name, arrow.vectorFromArray(values as string[], new arrow.Utf8())];
  });
  return new arrow.Table(Object.fromEntries(vectors));
}

/** Two's complement of 128 bits, the lowest word first. */
function decimalWords(values: readonly string[]): Uint32Array {
  const words = new Uint32Array(values.length * WORDS_OF_A_DECIMAL);
  values.forEach((text, row) => {
    const bits = BigInt.asUintN(128, BigInt(decimalTextToUnits(text)));
    for (let word = 0; word < WORDS_OF_A_DECIMAL; word++)
      words[row * WORDS_OF_A_DECIMAL + word] = Number((bits >> BigInt(32 * word)) & 0xffff_ffffn);
  });
  return words;
}
