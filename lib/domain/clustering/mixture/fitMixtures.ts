import { createRandom, deriveSeed, type Seed } from "../fit/random.ts";
import type { Grid } from "../sketch/grid.ts";
import { coarsen, fitGridSize } from "../sketch/gridLevels.ts";
import { createLevel, labelLevel } from "../sketch/points.ts";
import type { Matrix } from "../types.ts";
import { fitFrom, mixtureOfLabels } from "./em.ts";
import { levelOfGrid, levelOfRows } from "./mixtureLevel.ts";
import { searchMixture } from "./search.ts";
import type { CovarianceType, FittedMixture, Mixture, MixtureLevel } from "./types.ts";

/** Cells of 1/4 deviation, for the search. */
const COARSE_SHIFT = 14;
/** Steps on the fine level for every candidate; the one that is chosen goes on. */
const GLANCE = { maxIterations: 40, tolerance: 1e-5 };
const TO_THE_END = { maxIterations: 500, tolerance: 1e-7 };

/** The levels of a search: cells to search on, and those, or the rows, that the result is fitted to. */
export interface MixtureLevels {
  readonly coarse: MixtureLevel;
  readonly fine: MixtureLevel;
}

export interface MixtureInput {
  readonly levels: MixtureLevels;
  /** K-Means partitions to start from, one per k. */
  readonly centroids: readonly Matrix[];
  /** Covariance types to try. */
  readonly covariances: readonly CovarianceType[];
  /** Least eigenvalue of a covariance, in squared deviations. */
  readonly floor: number;
  readonly seed: Seed;
}

/** What one k came to. */
export interface MixtureCandidate {
  readonly k: number;
  /** The one with the least BIC. */
  readonly mixture: FittedMixture;
  readonly bic: number;
  /** Of each covariance type that was tried. */
  readonly bicByCovariance: Readonly<Partial<Record<CovarianceType, number>>>;
}

/** @param exactRows the rows themselves where they are few. */
export function mixtureLevels(grid: Grid, exactRows: Matrix | undefined): MixtureLevels {
  const fineGrid = fitGridSize(grid);
  const fine = exactRows === undefined ? levelOfGrid(fineGrid) : levelOfRows(exactRows);
  return { fine, coarse: fineGrid.shift >= COARSE_SHIFT ? fine : levelOfGrid(coarsen(fineGrid, COARSE_SHIFT)) };
}

/**
 * A mixture for every k, ascending, of the covariance type whose BIC is least. Each is searched for on the coarse cells
 * and then fitted on the fine ones, from the K-Means partition, the mixture of k − 1 and the simpler types among
 * others.
 */
export function fitMixtures(input: MixtureInput): MixtureCandidate[] {
  const { levels, floor, seed } = input;
  const fewer = new Map<CovarianceType, Mixture>();
  return [...input.centroids]
    .sort((a, b) => a.rows - b.rows)
    .map((centroids) => {
      const k = centroids.rows;
      const found: FittedMixture[] = [];
      const partition = labelsOn(levels.coarse, centroids);
      for (const covariance of searchedTypes(input.covariances)) {
        const random = createRandom(deriveSeed(seed, "mixture", covariance, k));
        const given = [mixtureOfLabels(levels.coarse, partition, k, covariance, floor)];
        given.push(...found);
        const before = fewer.get(covariance);
        const grown = before?.k === k - 1 ? before : undefined;
        const searched = searchMixture(levels.coarse, { k, covariance, floor, given, fewer: grown }, random);
        fewer.set(covariance, searched);
        found.push(fitFrom(levels.fine, searched, { floor, ...GLANCE }));
      }
      const asked = found.filter((one) => input.covariances.includes(one.covariance));
      return candidateOf(asked, levels.fine.totalWeight);
    });
}

/**
 * The simplest type is searched even where others are asked for: without it one covariance for all is hardly ever
 * narrow enough to tell atoms apart, and stays at an end that is far less likely.
 */
function searchedTypes(asked: readonly CovarianceType[]): readonly CovarianceType[] {
  return ["diag", ...asked.filter((covariance) => covariance !== "diag")];
}

/** The mixture with more steps, until they gain next to nothing. */
export const converge = (level: MixtureLevel, mixture: Mixture, floor: number): FittedMixture =>
  fitFrom(level, mixture, { floor, ...TO_THE_END });

/** Bayesian information criterion (Schwarz 1978), natural logarithms: less is better. */
export function bicOf({ k, dimensions: d, covariance, logLikelihood }: FittedMixture, rows: number): number {
  const symmetric = (d * (d + 1)) / 2;
  const ofCovariances = { full: k * symmetric, tied: symmetric, diag: k * d }[covariance];
  return -2 * rows * logLikelihood + (k - 1 + k * d + ofCovariances) * Math.log(rows);
}

export function candidateOf(found: readonly FittedMixture[], rows: number): MixtureCandidate {
  const judged = found.map((mixture) => ({ mixture, bic: bicOf(mixture, rows) }));
  const best = judged.reduce((least, one) => (one.bic < least.bic ? one : least));
  const bicByCovariance = Object.fromEntries(judged.map(({ mixture, bic }) => [mixture.covariance, bic]));
  return { k: best.mixture.k, mixture: best.mixture, bic: best.bic, bicByCovariance };
}

function labelsOn({ count: rows, dimensions, points: data, weights }: MixtureLevel, centroids: Matrix): Int32Array {
  const flat = createLevel({ points: { rows, columns: dimensions, data }, weights, withinCellInertia: 0 });
  labelLevel(flat, centroids.data, centroids.rows);
  return flat.labels;
}
