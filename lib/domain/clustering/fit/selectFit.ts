import { COARSEST_SHIFT, type Grid, maxCellWeight } from "../sketch/grid.ts";
import { coarsen, fitGridSize, gridPoints } from "../sketch/gridLevels.ts";
import { createLevel, distinctPoints, type Level, type Solution } from "../sketch/points.ts";
import type { FittedPartition, Matrix } from "../types.ts";
import { lloyd, type StopRule } from "./lloyd.ts";
import { createRandom, deriveSeed, type Random, type Seed } from "./random.ts";
import { type Pool, refine, searchAgain, searchUp } from "./search.ts";
import { seedCentroids } from "./seed.ts";
import { settle } from "./settle.ts";
import type { Candidates } from "./shardFit.ts";
import { improveBySwaps } from "./swap.ts";

/** Cells of 1/4 deviation, for the many restarts. */
const COARSE_SHIFT = 14;
/**
 * From this many of them on the restarts run over cells of 1/2 deviation, and only what they find is refined over
 * these.
 */
const SEARCH_CELLS = 2_000;
const SEARCH_SHIFT = 15;
/** Cells at most of the two coarser levels with more than three features. */
const MANY_FEATURES = { coarse: 40_000, search: 5_000 };
/** Below this many fine cells swaps are affordable there too. */
const SWAP_FINE_CELLS = 10_000;
/** Insertions tried there since the last success. */
const FINE_PATIENCE = 3;
const TRIAL: StopRule = { maxIterations: 30, tolerance: 1e-5 };
/** What every solution gets on the fine cells, before the cheapest of them go to the end. */
const GLANCE: StopRule = { maxIterations: 4, tolerance: 1e-5 };
const POLISHED = 3;
const POLISH: StopRule = { maxIterations: 200, tolerance: 1e-5 };

export interface SelectFitInput {
  /** The shards' grids, merged. */
  readonly grid: Grid;
  /** The workers' centroids for each k, of all shards. */
  readonly candidates: readonly Candidates[];
  readonly kRange: readonly number[];
  readonly seed: Seed;
  /** The rows themselves where they are few: the partition is then a fixed point of Lloyd over the rows. */
  readonly exactRows?: Matrix;
}

export interface SelectFitResult {
  /** Ascending in k. */
  readonly partitions: FittedPartition[];
  /** The coarse level, for stability and gap. */
  readonly coarse: Level;
  /** The level whose partitions these are: the distinct rows, or the finest cells. */
  readonly fine: Level;
  /** Whether `fine` holds the rows themselves. */
  readonly exact: boolean;
}

/**
 * Refines every k on the merged sketch: restarts, swaps and recombination on a coarse level, polish on the fine one.
 * Each k starts from the best of k − 1 with one more centroid, from greedy k-means++ and from the workers' candidates,
 * and is looked at once more in the light of k + 1. A k above the number of distinct rows is capped there, once.
 * @example
 * ```ts
 * import { createGrid } from "../sketch/grid.ts";
 * import { addRows } from "../sketch/gridRows.ts";
 * const grid = createGrid(1);
 * const exactRows = { rows: 4, columns: 1, data: Float64Array.of(-1, -1.5, 2, 2.5) };
 * addRows(grid, exactRows);
 * const { partitions } = selectFit({ grid, candidates: [], kRange: [2], seed: "any", exactRows });
 * partitions.map(({ k, inertia }) => [k, inertia]); // → [[2, 0.25]]
 * ```
 */
export function selectFit(input: SelectFitInput): SelectFitResult {
  const levels = levelsOf(input);
  const { fine, coarse, search } = levels;
  const kRange = [...new Set(input.kRange.map((k) => Math.min(k, fine.count)))].sort((a, b) => a - b);
  // One k beyond the range, for what it tells about the last.
  const pools = searchAll(input, search, kRange[0], Math.min(Math.max(...kRange) + 1, search.count - 1));
  const partitions = kRange.map((k) => settle(fine, finish(input, levels, k, pools[k] ?? [])));
  return { partitions, coarse, fine, exact: input.exactRows !== undefined };
}

interface Levels {
  readonly fine: Level;
  readonly coarse: Level;
  /** The level of the restarts. */
  readonly search: Level;
}

function levelsOf({ grid, exactRows }: SelectFitInput): Levels {
  const fineGrid = fitGridSize(grid);
  const fine = createLevel(exactRows === undefined ? gridPoints(fineGrid) : distinctPoints(exactRows));
  if (fineGrid.dimensions > 3) return levelsByCells(fine, fineGrid);
  if (fineGrid.shift >= COARSE_SHIFT) return { fine, coarse: fine, search: fine };
  const coarseGrid = coarsen(fineGrid, COARSE_SHIFT);
  const coarse = createLevel(gridPoints(coarseGrid));
  if (coarse.count < SEARCH_CELLS) return { fine, coarse, search: coarse };
  return { fine, coarse, search: createLevel(gridPoints(coarsen(coarseGrid, SEARCH_SHIFT))) };
}

/** With more than three features a width says little of how many cells there are, so levels go by their number. */
function levelsByCells(fine: Level, fineGrid: Grid): Levels {
  const levelOf = (grid: Grid): Level => (grid === fineGrid ? fine : createLevel(gridPoints(grid)));
  const coarseGrid = coarsenTo(fineGrid, MANY_FEATURES.coarse);
  const searchGrid = coarsenTo(coarseGrid, MANY_FEATURES.search);
  const coarse = levelOf(coarseGrid);
  return { fine, coarse, search: searchGrid === coarseGrid ? coarse : levelOf(searchGrid) };
}

/** Coarsens until there are so few cells, as far as the sums of so many rows stay exact. */
function coarsenTo(grid: Grid, cells: number): Grid {
  let found = grid;
  while (found.size > cells && found.shift < COARSEST_SHIFT && grid.rows <= maxCellWeight(found.shift + 1))
    found = coarsen(found, found.shift + 1);
  return found;
}

/** Pools of k up to top on one level: upwards, then once more downwards. Below `from` they are mere steps. */
function searchAll(input: SelectFitInput, level: Level, from: number, top: number): Pool[] {
  const pools: Pool[] = [[]];
  // One step below the range is enough of a run-up.
  for (let k = Math.max(1, from - 1); k <= top; k++) {
    const random = createRandom(deriveSeed(input.seed, "select", k));
    pools[k] = searchUp(
      level,
      k,
      pools[k - 1] ?? [],
      givenCentroids(input, level, k, random),
      random,
      k < from ? 1 : undefined,
    );
  }
  for (let k = top - 1; k >= Math.max(2, from); k--) {
    const random = createRandom(deriveSeed(input.seed, "again", k));
    pools[k] = searchAgain(level, pools[k], pools[k + 1], pools[k - 1], random);
  }
  return pools;
}

/** The cheapest of a pool on the fine level, and what swaps make of it there where they are affordable. */
function finish(input: SelectFitInput, { fine, coarse, search }: Levels, k: number, pool: Pool): Solution {
  const random = createRandom(deriveSeed(input.seed, "finish", k));
  // More centroids than coarse cells: only the fine level can hold them.
  const found = pool.length > 0 ? pool : searchUp(fine, k, [], [], random);
  const refined = pool.length > 0 && search !== coarse ? refine(coarse, pool, random) : found;
  // The cheapest over coarse cells need not be the cheapest here; a few steps show which are worth all of them.
  const tried = cheapestFirst(refined.map(({ centroids }) => lloyd(fine, centroids, k, GLANCE)));
  const polished = tried.slice(0, POLISHED).map(({ centroids }) => lloyd(fine, centroids, k, POLISH));
  const [best] = cheapestFirst(polished);
  if (fine.count >= SWAP_FINE_CELLS) return best;
  return improveBySwaps(fine, best, random, { patience: FINE_PATIENCE, trial: TRIAL });
}

function cheapestFirst(solutions: readonly Solution[]): Solution[] {
  return [...solutions].sort((a, b) => a.cost - b.cost);
}

function givenCentroids({ candidates }: SelectFitInput, level: Level, k: number, random: Random): Float64Array[] {
  const own = candidates.filter((candidate) => candidate.k === k);
  return own.length > 0 ? [mergeCandidates(own, level.dimensions, random)] : [];
}

/** One set of centroids out of the workers' sets: weighted K-Means over all their centroids. */
function mergeCandidates(sets: readonly Candidates[], dimensions: number, random: Random): Float64Array {
  const k = (sets[0] as Candidates).k;
  if (sets.length === 1) return (sets[0] as Candidates).centroids;
  const data = new Float64Array(sets.length * k * dimensions);
  const weights = new Float64Array(sets.length * k);
  sets.forEach((set, at) => {
    data.set(set.centroids, at * k * dimensions);
    weights.set(
      set.weights.map((weight) => Math.max(weight, 1)),
      at * k,
    );
  });
  const pool = createLevel({
    points: { rows: weights.length, columns: dimensions, data },
    weights,
    withinCellInertia: 0,
  });
  return lloyd(pool, seedCentroids(pool, k, new Float64Array(0), random), k, POLISH).centroids;
}
