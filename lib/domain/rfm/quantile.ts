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

/** The 20, 40, 60 and 80 % quantiles, as score_breakpoints.sql has them to the bit: ranks in whole hundredths. */
export function scoreBreakpoints(values: Float64Array): number[] {
  const sorted = values.slice().sort();
  return [20, 40, 60, 80].map((percent) => {
    const hundredths = (sorted.length - 1) * percent;
    const low = sorted[Math.floor(hundredths / 100)];
    const high = sorted[Math.min(sorted.length - 1, Math.floor(hundredths / 100) + 1)];
    return low + ((high - low) * (hundredths % 100)) / 100;
  });
}
