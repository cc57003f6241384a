import { interpolate } from "./quantile.ts";
import {
  type Breakpoints,
  edgesOfRfm,
  gatherBreakpoints,
  NoRepeatPurchasesError,
  type ScorePlan,
} from "./scorePlan.ts";

/** A breakpoint as SQL finds it: see the stage `score_breakpoints`. */
export interface BreakpointRow {
  readonly measure: string;
  readonly edge_number: number;
  readonly lower_value: number;
  readonly upper_value: number;
  readonly remainder: number;
  readonly parts: number;
}

/** The last customer of a tile: see the stage `score_tiles`. */
export interface TileRow {
  readonly measure: string;
  readonly edge_number: number;
  readonly edge: number;
  readonly tie_key: string;
}

/** What the statements of a run found; rows only of the methods that the plan has. */
export interface BreakpointSources {
  readonly quantiles: readonly BreakpointRow[];
  readonly tiles?: readonly TileRow[];
  readonly intervals?: readonly BreakpointRow[];
}

const NAMES = { recencyDays: "recency_days", frequency: "frequency", monetary: "monetary" } as const;

/** The breakpoints of a run. @throws NoRepeatPurchasesError */
export function breakpointsOf(
  plan: ScorePlan,
  { quantiles, tiles = [], intervals = [] }: BreakpointSources,
): Breakpoints {
  return gatherBreakpoints((measure) => {
    const { method, cuts } = plan[measure];
    if (method === "cuts") return { edges: cuts };
    if (method === "quantile") return { edges: edgesOf(quantiles, NAMES[measure]) };
    if (method === "r-rfm") return { edges: edgesOfRfm(edgesOf(quantiles, NAMES[measure])) };
    if (method === "repeat-interval") return { edges: repeatEdgesOf(intervals) };
    const last = tiles.filter((row) => row.measure === NAMES[measure]).sort((a, b) => a.edge_number - b.edge_number);
    if (measure === "recencyDays") last.reverse();
    return { edges: last.map(({ edge }) => edge), ties: last.map(({ tie_key }) => tie_key) };
  });
}

/** Breakpoints of recency by the shop's time between purchases. @throws NoRepeatPurchasesError */
export function repeatEdgesOf(intervals: readonly BreakpointRow[]): number[] {
  if (intervals.length === 0) throw new NoRepeatPurchasesError();
  return edgesOf(intervals, "interval_days");
}

/** The interpolated quantiles of one measure, ascending. */
export function edgesOf(rows: readonly BreakpointRow[], measure: string): number[] {
  return rows
    .filter((row) => row.measure === measure)
    .sort((a, b) => a.edge_number - b.edge_number)
    .map(({ lower_value: lower, upper_value: upper, remainder, parts }) =>
      interpolate({ lower, upper, remainder, parts }),
    );
}
