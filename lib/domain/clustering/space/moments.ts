/** Count, mean and sum of squared deviations of one column; exact enough to merge in any order (not bit for bit). */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Σ(x − mean)²; the population variance is this over `count`. */
  readonly squaredDeviations: number;
}

/**
 * Moments of one column in two passes: the mean, then the deviations with the correction for the mean's own rounding
 * (Chan, Golub and LeVeque 1983). Never E[x²] − E[x]², which loses every digit on large, narrow columns.
 */
export function moments(column: ArrayLike<number>): Moments {
  const count = column.length;
  if (count === 0) return { count: 0, mean: 0, squaredDeviations: 0 };
  let sum = 0;
  for (let i = 0; i < count; i++) sum += column[i];
  const mean = sum / count;
  let squares = 0;
  let residue = 0;
  for (let i = 0; i < count; i++) {
    const deviation = column[i] - mean;
    squares += deviation * deviation;
    residue += deviation;
  }
  const squaredDeviations = Math.max(0, squares - (residue * residue) / count);
  return { count, mean: mean + residue / count, squaredDeviations };
}

/** Moments of two columns laid end to end (Chan, Golub and LeVeque 1979). */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const delta = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (delta * b.count) / count,
    squaredDeviations: a.squaredDeviations + b.squaredDeviations + delta * delta * ((a.count * b.count) / count),
  };
}
