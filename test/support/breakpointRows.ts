import type { BreakpointRow } from "../../lib/domain/rfm/breakpoints.ts";

/** Rows of `score_breakpoints` as an engine answers them, numbers as text, made numbers. */
export function breakpointRows(rows: readonly Readonly<Record<string, unknown>>[]): BreakpointRow[] {
  return rows.map((row) => ({
    measure: String(row.measure),
    edge_number: Number(row.edge_number),
    lower_value: Number(row.lower_value),
    upper_value: Number(row.upper_value),
    remainder: Number(row.remainder),
    parts: Number(row.parts),
  }));
}
