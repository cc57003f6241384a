import { createRandom, randomInteger, type Seed } from "../clustering/fit/random.ts";
import { quantile } from "../rfm/quantile.ts";

/** An interval that holds the middle 95% of the resamples. */
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

/** A ratio of sums over the rows. */
export interface Ratio {
  readonly part: ArrayLike<number>;
  readonly whole: ArrayLike<number>;
}

/**
 * Percentile intervals of how much larger a ratio is than another, over rows drawn with replacement, all pairs seeing
 * the same draws. Each ratio has the whole that was drawn for it, so a difference of shares stays between -1 and 1; a
 * resample without one is left out.
 */
export function differenceIntervals(
  pairs: readonly (readonly [Ratio, Ratio])[],
  { seed, resamples }: ResampleOptions,
): Interval[] {
  const random = createRandom(seed);
  const ratios = pairs.flat();
  const n = ratios[0]?.part.length ?? 0;
  const found = pairs.map((): number[] => []);
  const parts = new Float64Array(ratios.length);
  const wholes = new Float64Array(ratios.length);
  for (let round = 0; round < resamples; round++) {
    parts.fill(0);
    wholes.fill(0);
    for (let draw = 0; draw < n; draw++) {
      const row = randomInteger(random, n);
      for (let at = 0; at < ratios.length; at++) {
        parts[at] += ratios[at].part[row];
        wholes[at] += ratios[at].whole[row];
      }
    }
    found.forEach((values, pair) => {
      const [one, other] = [2 * pair, 2 * pair + 1];
      if (wholes[one] > 0 && wholes[other] > 0) values.push(parts[one] / wholes[one] - parts[other] / wholes[other]);
    });
  }
  return found.map(middle);
}

function middle(statistics: number[]): Interval {
  if (statistics.length === 0) return { low: Number.NaN, high: Number.NaN };
  const sorted = Float64Array.from(statistics).sort();
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}
