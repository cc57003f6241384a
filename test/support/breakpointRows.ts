import { type BreakpointRow, edgesOf } from "../../lib/domain/rfm/breakpoints.ts";
import type { ScoreEdges } from "../../lib/domain/rfm/scoring.ts";

type Row = Readonly<Record<string, unknown>>;

/** Rows of `score_breakpoints` as an engine answers them, numbers as text, made numbers. */
export function breakpointRows(rows: readonly Row[]): BreakpointRow[] {
  return rows.map((row) => ({
    measure: String(row.measure),
    edge_number: Number(row.edge_number),
    lower_value: Number(row.lower_value),
    upper_value: Number(row.upper_value),
    remainder: Number(row.remainder),
    parts: Number(row.parts),
  }));
}

/** The quantile breakpoints of all measures, from such rows. */
export function quantileEdges(rows: readonly Row[]): ScoreEdges {
  const typed = breakpointRows(rows);
  return {
    recencyDays: edgesOf(typed, "recency_days"),
    frequency: edgesOf(typed, "frequency"),
    monetary: edgesOf(typed, "monetary"),
  };
}
