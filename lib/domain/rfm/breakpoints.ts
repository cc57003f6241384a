import { interpolate } from "./quantile.ts";
import type { ScoreEdges } from "./scoring.ts";

/** A breakpoint as SQL finds it: see the stage `score_breakpoints`. */
export interface BreakpointRow {
  readonly measure: string;
  readonly edge_number: number;
  readonly lower_value: number;
  readonly upper_value: number;
  readonly remainder: number;
  readonly parts: number;
}

/** The breakpoints of every measure, from the rows of all of them. */
export function scoreEdgesOf(rows: readonly BreakpointRow[]): ScoreEdges {
  const of = (measure: string): number[] =>
    rows
      .filter((row) => row.measure === measure)
      .sort((a, b) => a.edge_number - b.edge_number)
      .map(({ lower_value: lower, upper_value: upper, remainder, parts }) =>
        interpolate({ lower, upper, remainder, parts }),
      );
  return { recencyDays: of("recency_days"), frequency: of("frequency"), monetary: of("monetary") };
}
