import { SegmentationError } from "../domain/errors.ts";

/** A value of a row that cannot be told in a file. */
export class RowValueError extends SegmentationError {
  constructor(row: number, column: string, problem: string) {
    super("ROW_VALUE", `Row ${row}${column === "" ? "" : `, column "${column}"`}: ${problem}.`, { row, column });
  }
}

/**
 * A row as one line of JSON. Numbers keep their shortest exact text; dates become ISO text.
 * @param row counted from 1. @throws RowValueError for what JSON would silently make null or leave out.
 */
export function rowText(value: unknown, row: number): string {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RowValueError(row, "", `it is ${nameOf(value)}; a row is an object with a value for each column`);
  return JSON.stringify(value, function replace(this: Record<string, unknown>, column: string, told: unknown) {
    const given = column === "" && told === value ? value : this[column];
    if (given instanceof Date && Number.isNaN(given.getTime()))
      throw new RowValueError(row, column, "the date is not valid");
    if (typeof told === "bigint") return told.toString();
    if (typeof told === "number" && !Number.isFinite(told))
      throw new RowValueError(row, column, `${told} is not a finite number; leave the value out, or write null`);
    if (typeof told === "function" || typeof told === "symbol")
      throw new RowValueError(row, column, `it is ${nameOf(told)}`);
    return told;
  });
}

const nameOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
