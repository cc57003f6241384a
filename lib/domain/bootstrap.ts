import { createRandom, randomInteger, type Seed } from "./clustering/random.ts";
import { quantile } from "./quantile.ts";

/** An interval that holds the middle 95 % of the resamples. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface ResampleOptions {
  readonly seed: Seed;
  readonly resamples: number;
}

/** One way to divide the rows, and the number of its groups. */
export interface Division {
  /** Group of each row. */
  readonly groupOf: ArrayLike<number>;
  readonly groups: number;
}

/**
 * Percentile intervals of the mean of `values` in every group of every division (Efron 1979): rows are drawn with
 * replacement, all divisions seeing the same draws. A group that a resample misses has no mean in it.
 * @returns per division and group; an empty group has NaN.
 */
export function groupMeanIntervals(
  values: ArrayLike<number>,
  divisions: readonly Division[],
  { seed, resamples }: ResampleOptions,
): Interval[][] {
  const random = createRandom(seed);
  const n = values.length;
  const means = divisions.map(({ groups }) => Array.from({ length: groups }, (): number[] => []));
  const sums = divisions.map(({ groups }) => new Float64Array(groups));
  const counts = divisions.map(({ groups }) => new Float64Array(groups));
  for (let round = 0; round < resamples; round++) {
    for (const array of [...sums, ...counts]) array.fill(0);
    for (let draw = 0; draw < n; draw++) {
      const row = randomInteger(random, n);
      for (let d = 0; d < divisions.length; d++) {
        const group = divisions[d].groupOf[row];
        sums[d][group] += values[row];
        counts[d][group]++;
      }
    }
    means.forEach((ofDivision, d) => {
      ofDivision.forEach((ofGroup, group) => {
        if (counts[d][group] > 0) ofGroup.push(sums[d][group] / counts[d][group]);
      });
    });
  }
  return means.map((ofDivision) => ofDivision.map(middle));
}

/**
 * Percentile interval of Σ part / Σ whole over rows drawn with replacement; a resample without a whole is left out.
 */
export function ratioInterval(
  part: ArrayLike<number>,
  whole: ArrayLike<number>,
  { seed, resamples }: ResampleOptions,
): Interval {
  const random = createRandom(seed);
  const n = part.length;
  const ratios: number[] = [];
  for (let round = 0; round < resamples; round++) {
    let [parts, wholes] = [0, 0];
    for (let draw = 0; draw < n; draw++) {
      const row = randomInteger(random, n);
      parts += part[row];
      wholes += whole[row];
    }
    if (wholes > 0) ratios.push(parts / wholes);
  }
  return middle(ratios);
}

function middle(statistics: number[]): Interval {
  if (statistics.length === 0) return { low: Number.NaN, high: Number.NaN };
  const sorted = Float64Array.from(statistics).sort();
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}
