import type { DecodedArray, SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { dayNumber } from "../../domain/dates.ts";
import { decimalTextToUnits } from "../../domain/money.ts";
import type { Column, Columns, Holds, TableContract } from "../../tables/contract.ts";

/** How Parquet stores what a column holds; whole numbers by Trino's type, for there are two widths of them. */
const STORED: Readonly<Record<Exclude<Holds, "integer">, Omit<SchemaElement, "name">>> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  real: { type: "DOUBLE" },
  money: { type: "INT64", converted_type: "DECIMAL", precision: 18, scale: 4 },
  day: { type: "INT32", converted_type: "DATE" },
  moment: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
  flag: { type: "BOOLEAN" },
};
const DEFAULT_ROWS_PER_GROUP = 100_000;

const isWide = ({ type }: Column): boolean => type === "bigint";

/** Parquet's schema of a contract's columns, in their order. */
export function parquetSchema(columns: Columns): SchemaElement[] {
  const elements = Object.entries(columns).map(([name, column]) => ({
    name,
    ...(column.holds === "integer" ? { type: isWide(column) ? "INT64" : "INT32" } : STORED[column.holds]),
    repetition_type: column.isNullable ? "OPTIONAL" : "REQUIRED",
  }));
  return [{ name: "root", num_children: elements.length }, ...(elements as SchemaElement[])];
}

/** A value as Parquet stores it: days as ISO text and money as exact decimal text become the file's integers. */
export function storedValue(column: Column, value: string | number | boolean | null): unknown {
  if (value === null) return null;
  if (column.holds === "money") return decimalTextToUnits(String(value));
  if (column.holds === "day") return dayNumber(String(value));
  return isWide(column) ? BigInt(value) : value;
}

/** Numbers as Parquet stores them, NaN as missing: money in ten-thousandths, days as day numbers, flags as 0 and 1. */
export function storedNumbers(column: Column, numbers: Float64Array): DecodedArray {
  const isBigInt = column.holds === "money" || isWide(column);
  const stored = (value: number): number | bigint | boolean =>
    isBigInt ? BigInt(value) : column.holds === "flag" ? value === 1 : value;
  return Array.from(numbers, (value) => (Number.isFinite(value) ? stored(value) : null));
}

/**
 * Parquet bytes of a table, a list of values for each column: bigint for `bigint` and money (in ten-thousandths), day
 * numbers for days. Columns and their order are the contract's.
 */
export function tableToParquet<C extends Columns>(
  { columns }: TableContract<C>,
  data: Readonly<Record<keyof C & string, DecodedArray>>,
  rowsPerGroup = DEFAULT_ROWS_PER_GROUP,
): Uint8Array {
  const columnData = Object.keys(columns).map((name) => ({ name, data: data[name as keyof C & string] }));
  return new Uint8Array(parquetWriteBuffer({ columnData, schema: parquetSchema(columns), rowGroupSize: rowsPerGroup }));
}
