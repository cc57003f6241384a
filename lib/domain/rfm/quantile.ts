import { fractionToNumber } from "../model/moments.ts";
import { toTenThousandths } from "../money.ts";

/**
 * Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
 * @param sorted ascending, not empty.
 */
export function quantile(sorted: ArrayLike<number>, fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/** Where a quantile lies: `remainder / parts` of the way from one order statistic to the next. */
export interface QuantileBounds {
  /** With at most four decimals, as `upper` is. */
  readonly lower: number;
  readonly upper: number;
  readonly remainder: number;
  readonly parts: number;
}

/** The quantile between two order statistics: the exact fraction, rounded once. */
export function interpolate({ lower, upper, remainder, parts }: QuantileBounds): number {
  const [low, high] = [BigInt(toTenThousandths(lower)), BigInt(toTenThousandths(upper))];
  return fractionToNumber(low * BigInt(parts) + (high - low) * BigInt(remainder), BigInt(parts) * 10_000n);
}

/**
 * The quantiles at 1/parts, 2/parts, …, as `score_breakpoints.sql` finds them: ranks are whole multiples of 1/parts.
 * @param values whole numbers, not empty.
 */
export function scoreBreakpoints(values: Float64Array, parts: number): number[] {
  const sorted = values.slice().sort();
  return Array.from({ length: parts - 1 }, (_, i) => {
    const rank = (sorted.length - 1) * (i + 1);
    const low = sorted[Math.floor(rank / parts)];
    const high = sorted[Math.min(sorted.length - 1, Math.floor(rank / parts) + 1)];
    return low + ((high - low) * (rank % parts)) / parts;
  });
}
