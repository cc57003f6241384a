import { SegmentationError } from "../errors.ts";
import { scoreBreakpoints } from "./quantile.ts";
import {
  MEASURES,
  type PerMeasure,
  perMeasure,
  type ScoreEdges,
  type ScoreMeasures,
  type ScoreTies,
} from "./scoring.ts";
import { tieKeysOf } from "./tieKey.ts";

/** Where breakpoints come from. */
export const SCORE_METHODS = ["quantile", "ntile", "cuts", "repeat-interval", "r-rfm"] as const;

export interface MeasurePlan {
  readonly method: (typeof SCORE_METHODS)[number];
  readonly bins: number;
  /** Ascending, one fewer than bins; empty unless the method is cuts. */
  readonly cuts: readonly number[];
}

export type ScorePlan = PerMeasure<MeasurePlan>;

/** What places a customer among others: the breakpoints, and for ntile who is the last below each of them. */
export interface Breakpoints {
  /** What they are breakpoints of, where it is not recency, frequency and monetary value. */
  readonly scoreMeasures?: ScoreMeasures | undefined;
  readonly scoreEdges: ScoreEdges;
  readonly scoreTies?: ScoreTies | undefined;
}

/** One measure's breakpoints, and its ties. */
export interface MeasureBreakpoints {
  readonly edges: readonly number[];
  readonly ties?: readonly string[];
}

/** No customer has bought on two days, so there is no time between purchases to score recency by. */
export class NoRepeatPurchasesError extends SegmentationError {
  constructor() {
    super(
      "NO_REPEAT_PURCHASES",
      "Nobody bought on two days, so recency cannot be scored by the time between purchases: set scores.method to quantile, ntile or cuts.",
    );
  }
}

/** Breakpoints of all measures, ties only where a measure has them. */
export function gatherBreakpoints(of: (measure: keyof ScorePlan) => MeasureBreakpoints): Breakpoints {
  const found = perMeasure(of);
  const ties = MEASURES.flatMap((measure) => {
    const list = found[measure].ties;
    return list === undefined ? [] : [[measure, list] as const];
  });
  return {
    scoreEdges: perMeasure((measure) => found[measure].edges),
    ...(ties.length === 0 ? {} : { scoreTies: Object.fromEntries(ties) }),
  };
}

/**
 * The breakpoints of R's package rfm out of quantiles: it adds one to each, and whoever is at one is above it. The
 * number just below says the same where whoever is at a breakpoint is below it.
 * @param unit what one day, order or unit of money is in the values.
 */
export const edgesOfRfm = (quantiles: readonly number[], unit = 1): number[] =>
  quantiles.map((quantile) => justBelow(quantile + unit));

/** The greatest double below a number. */
function justBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += value > 0 ? -1n : 1n;
  return new Float64Array(bits.buffer)[0] as number;
}

/** Customers in memory, in whole numbers. */
export interface CountedColumns extends PerMeasure<Float64Array> {
  readonly customerId: readonly string[];
  /** What one day, order or unit of money is in them; by default money is in ten-thousandths. */
  readonly perUnit?: PerMeasure<number>;
}

const USUAL_UNITS: PerMeasure<number> = { recencyDays: 1, frequency: 1, monetary: 10_000 };

/**
 * The columns with others in the place of those that are scored by another feature.
 * @param measured in ten-thousandths; undefined for measures that are scored by themselves.
 */
export function withMeasures(
  columns: CountedColumns,
  measured: Partial<PerMeasure<Float64Array | undefined>>,
): CountedColumns {
  const perUnit = perMeasure((measure) => (measured[measure] === undefined ? USUAL_UNITS[measure] : 10_000));
  return { ...columns, ...perMeasure((measure) => measured[measure] ?? columns[measure]), perUnit };
}

/**
 * The breakpoints of customers in memory, as the statements of a run would have found them.
 * @param repeatEdges breakpoints by the shop's time between purchases, for the method repeat-interval.
 */
export function breakpointsInMemory(
  plan: ScorePlan,
  columns: CountedColumns,
  repeatEdges: readonly number[],
): Breakpoints {
  let keys: readonly string[] | undefined;
  return gatherBreakpoints((measure) => {
    const { method, bins, cuts } = plan[measure];
    const values = columns[measure];
    const unit = (columns.perUnit ?? USUAL_UNITS)[measure];
    if (method === "cuts") return { edges: cuts.map((cut) => cut * unit) };
    if (method === "repeat-interval") return { edges: repeatEdges.map((edge) => edge * unit) };
    if (method === "quantile") return { edges: scoreBreakpoints(values, bins) };
    if (method === "r-rfm") return { edges: edgesOfRfm(scoreBreakpoints(values, bins), unit) };
    keys ??= tieKeysOf(columns.customerId);
    return tiles(values, keys, bins, measure === "recencyDays");
  });
}

/** The last customer of each tile but the best, in ascending order of the values. */
function tiles(values: Float64Array, keys: readonly string[], bins: number, isReversed: boolean): MeasureBreakpoints {
  const sign = isReversed ? -1 : 1;
  const order = Uint32Array.from(values, (_, i) => i).sort(
    (a, b) => sign * (values[a] - values[b]) || (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0),
  );
  const [size, larger] = [Math.floor(order.length / bins), order.length % bins];
  const last = Array.from({ length: bins - 1 }, (_, i) => order[(i + 1) * size + Math.min(i + 1, larger) - 1]);
  if (isReversed) last.reverse();
  return { edges: last.map((at) => values[at]), ties: last.map((at) => keys[at]) };
}
