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
  const given = Object.entries(SEGMENT_ROWS.columns).filter(
    ([name]) => name !== "cluster_probability" || rows[0]?.cluster_probability !== undefined,
  );
  const vectors = given.map(([name, { type, holds }]) => {
    const values = rows.map((row) => row[name as SegmentColumn] ?? null);
    const stored = (arrowType: DataType, data: ArrayBufferView): unknown =>
      arrow.makeVector(arrow.makeData({ type: arrowType, length: rows.length, ...presence(values), data } as never));
    // What stands where a value is missing is of no account.
    const orZero = (from: (value: never) => number): number[] =>
      values.map((value) => (value === null ? 0 : from(value as never)));
    if (holds === "money") return [name, stored(new arrow.Decimal(4, 18, 128), decimalWords(values as string[]))];
    if (holds === "day") return [name, stored(new arrow.DateDay(), Int32Array.from(orZero(dayNumber)))];
    if (holds === "real") return [name, stored(new arrow.Float64(), Float64Array.from(orZero(Number)))];
    if (holds === "flag") return [name, stored(new arrow.Bool(), bits(values.map((value) => value === true)))];
    if (type === "bigint") return [name, stored(new arrow.Int64(), BigInt64Array.from(orZero(Number), BigInt))];
    if (holds === "integer") return [name, stored(new arrow.Int32(), Int32Array.from(orZero(Number)))];
    return [name, arrow.vectorFromArray(values as string[], new arrow.Utf8())];
  });
  return new arrow.Table(Object.fromEntries(vectors));
}

/** Which values are there, as Arrow has it. */
function presence(values: readonly unknown[]): { nullCount: number; nullBitmap?: Uint8Array } {
  const nullCount = values.filter((value) => value === null).length;
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: bits(values.map((value) => value !== null)) };
}

/** A bit for each, the lowest first. */
function bits(flags: readonly boolean[]): Uint8Array {
  const packed = new Uint8Array(Math.ceil(flags.length / 8));
  for (let at = 0; at < flags.length; at++)
    if (flags[at]) packed[at >> 3] = (packed[at >> 3] as number) | (1 << (at & 7));
  return packed;
}

/** Two's complement of 128 bits, the lowest word first; a missing value is zero. */
function decimalWords(values: readonly (string | null)[]): Uint32Array {
  const words = new Uint32Array(values.length * WORDS_OF_A_DECIMAL);
  values.forEach((text, row) => {
    const bits = BigInt.asUintN(128, BigInt(decimalTextToUnits(text ?? "0")));
    for (let word = 0; word < WORDS_OF_A_DECIMAL; word++)
      words[row * WORDS_OF_A_DECIMAL + word] = Number((bits >> BigInt(32 * word)) & 0xffff_ffffn);
  });
  return words;
}
