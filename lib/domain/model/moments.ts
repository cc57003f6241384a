import { SegmentationError } from "../errors.ts";

/** Exact sums over n values, as decimal text: what `feature_moments.sql` unloads. */
export interface ExactSums {
  readonly n: number;
  readonly sum: string;
  readonly sumOfSquares: string;
}

/** Sums that cannot be those of n real numbers. */
export class MomentsError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown>) {
    super("MOMENTS", message, context);
  }
}

interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/**
 * Mean and population variance from exact sums: both are computed as fractions of whole numbers and rounded to a double
 * once, at the end. `E[x²] − E[x]²` in doubles would lose every digit when the mean is large against the spread.
 * @throws MomentsError when n is no positive integer, a sum is no decimal number, or the variance would be negative.
 */
export function momentsFromSums({ n, sum, sumOfSquares }: ExactSums): { mean: number; variance: number } {
  if (!Number.isSafeInteger(n) || n <= 0)
    throw new MomentsError(`Moments need at least one value; got n = ${n}.`, { n });
  const total = parseDecimal(sum);
  const squares = parseDecimal(sumOfSquares);
  const count = BigInt(n);
  // variance = (n Σx² − (Σx)²) / n², over one common denominator.
  const scale = Math.max(squares.scale, 2 * total.scale);
  const spread =
    count * squares.digits * pow10(scale - squares.scale) -
    total.digits * total.digits * pow10(scale - 2 * total.scale);
  if (spread < 0n) {
    throw new MomentsError(`The sum ${sum} and the sum of squares ${sumOfSquares} cannot be those of ${n} values.`, {
      n,
      sum,
      sumOfSquares,
    });
  }
  return {
    mean: fractionToNumber(total.digits, count * pow10(total.scale)),
    variance: fractionToNumber(spread, count * count * pow10(scale)),
  };
}

function parseDecimal(text: string): Decimal {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text);
  if (match === null) throw new MomentsError(`${JSON.stringify(text)} is not a decimal number.`, { text });
  const [, sign, whole, fraction = ""] = match;
  const digits = BigInt(`${whole}${fraction}`);
  return { digits: sign === "-" ? -digits : digits, scale: fraction.length };
}

function pow10(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** A fraction as a double: 64 or more significant bits of the quotient, then one rounding. */
export function fractionToNumber(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  const magnitude = numerator < 0n ? -numerator : numerator;
  const shift = Math.max(0, denominator.toString(2).length - magnitude.toString(2).length + 66);
  const shifted = magnitude << BigInt(shift);
  // A remainder makes the quotient odd, so that a tie in the 53-bit rounding is never taken for exact.
  const quotient = shifted / denominator;
  const sticky = quotient * denominator === shifted ? quotient : quotient | 1n;
  const value = Number(sticky) / 2 ** Math.min(shift, 1000) / 2 ** Math.max(0, shift - 1000);
  return numerator < 0n ? -value : value;
}
