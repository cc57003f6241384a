import type { Grid } from "./grid.ts";
import { coarsen, fitGridSize, gridPoints } from "./gridLevels.ts";
import { createLevel, distinctPoints, type Level, type Solution } from "./level.ts";
import { lloyd, type StopRule } from "./lloyd.ts";
import { createRandom, deriveSeed, type Random, type Seed } from "./random.ts";
import { seedCentres } from "./seed.ts";
import { settle } from "./settle.ts";
import type { Candidates } from "./shardFit.ts";
import { improveBySwaps } from "./swap.ts";
import type { FittedPartition, Matrix } from "./types.ts";

/** Cells of 1/4 deviation, for the many restarts. */
const COARSE_SHIFT = 14;
const RESTARTS = 4;
const POLISHED = 3;
/** Below this many fine cells swaps are affordable there too. */
const SWAP_FINE_CELLS = 10_000;
const EXPLORE: StopRule = { maxIterations: 40, tolerance: 1e-4 };
const TRIAL: StopRule = { maxIterations: 4, tolerance: 1e-3 };
const POLISH: StopRule = { maxIterations: 200, tolerance: 0 };

export interface SelectFitInput {
  /** The shards' grids, merged. */
  readonly grid: Grid;
  /** The workers' centres for each k, of all shards. */
  readonly candidates: readonly Candidates[];
  readonly kRange: readonly number[];
  readonly seed: Seed;
  /** The rows themselves where they are few: the partition is then a fixed point of Lloyd over the rows. */
  readonly exactRows?: Matrix;
  /** Searches of which the best counts; more for few rows. */
  readonly searches?: number;
}

export interface SelectFitResult {
  readonly partitions: FittedPartition[];
  /** The coarse level, for stability and gap. */
  readonly coarse: Level;
  readonly fine: Level;
}

/**
 * Refines every k on the merged sketch: restarts and swaps on the coarse level, polish on the fine one. Each k starts
 * from the best of k − 1 with one more centre, from greedy k-means++ and from the workers' candidates.
 */
export function selectFit(input: SelectFitInput): SelectFitResult {
  const fineGrid = fitGridSize(input.grid);
  const fine = createLevel(input.exactRows === undefined ? gridPoints(fineGrid) : distinctPoints(input.exactRows));
  const coarse = fineGrid.shift >= COARSE_SHIFT ? fine : createLevel(gridPoints(coarsen(fineGrid, COARSE_SHIFT)));
  const top = Math.min(Math.max(...input.kRange), fine.count);
  const wanted = new Set(input.kRange.map((k) => Math.min(k, fine.count)));
  const partitions: FittedPartition[] = [];
  let previous: Solution | undefined;
  for (let k = 1; k <= top; k++) {
    const best = searchK(input, coarse, fine, k, previous);
    previous = best;
    if (wanted.has(k)) partitions.push(settle(fine, best));
  }
  return { partitions, coarse, fine };
}

function searchK(
  input: SelectFitInput,
  coarse: Level,
  fine: Level,
  k: number,
  previous: Solution | undefined,
): Solution {
  const polished: Solution[] = [];
  for (let search = 0; search < (input.searches ?? 1); search++) {
    const random = createRandom(deriveSeed(input.seed, "select", k, search));
    // More centres than coarse cells: only the fine level can hold them.
    const level = k < coarse.count ? coarse : fine;
    const found = startsOf(input, level, k, previous, random).map((start) => lloyd(level, start, k, EXPLORE));
    found.sort((a, b) => a.cost - b.cost);
    const improved = found
      .slice(0, POLISHED)
      .map((solution, rank) =>
        rank < 2 ? improveBySwaps(level, solution, random, { patience: 6 + k, trial: TRIAL }) : solution,
      );
    const finished = improved
      .map((solution) => lloyd(fine, solution.centres, k, POLISH))
      .sort((a, b) => a.cost - b.cost);
    const best = finished[0] as Solution;
    polished.push(
      fine.count < SWAP_FINE_CELLS && fine !== level
        ? lloyd(fine, improveBySwaps(fine, best, random, { patience: 4 + k, trial: TRIAL }).centres, k, POLISH)
        : best,
    );
  }
  return polished.reduce((best, solution) => (solution.cost < best.cost ? solution : best));
}

function startsOf(
  { candidates }: SelectFitInput,
  level: Level,
  k: number,
  previous: Solution | undefined,
  random: Random,
): Float64Array[] {
  const starts: Float64Array[] = [];
  for (let restart = 0; restart < RESTARTS; restart++) {
    if (previous !== undefined) starts.push(seedCentres(level, k, previous.centres, random));
    starts.push(seedCentres(level, k, new Float64Array(0), random));
  }
  const own = candidates.filter((candidate) => candidate.k === k);
  if (own.length > 0) starts.push(mergeCandidates(own, level.dimensions, random));
  return starts;
}

/** One set of centres out of the workers' sets: weighted K-Means over all their centres. */
function mergeCandidates(sets: readonly Candidates[], dimensions: number, random: Random): Float64Array {
  const k = (sets[0] as Candidates).k;
  if (sets.length === 1) return (sets[0] as Candidates).centres;
  const data = new Float64Array(sets.length * k * dimensions);
  const weights = new Float64Array(sets.length * k);
  sets.forEach((set, at) => {
    data.set(set.centres, at * k * dimensions);
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
  return lloyd(pool, seedCentres(pool, k, new Float64Array(0), random), k, POLISH).centres;
}
