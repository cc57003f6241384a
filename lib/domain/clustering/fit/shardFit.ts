import { kmeans } from "ml-kmeans";
import { createGrid, type Grid } from "../sketch/grid.ts";
import { gridPoints } from "../sketch/gridLevels.ts";
import { addRows } from "../sketch/gridRows.ts";
import type { Matrix, WeightedPoints } from "../types.ts";
import { createRandom, deriveSeed, randomInteger, type Seed } from "./random.ts";

/** Rows per mini-batch. */
export const BATCH_ROWS = 16_384;
/** Cells of 1/4 deviation: a batch has about a thousand of them, whatever its rows. */
const BATCH_SHIFT = 14;
/** Rows that seed the centroids. */
const SEED_ROWS = 2_000;
/** A cluster with less than this share of the average weight counts as empty, and its centroid starts anew. */
const EMPTY_SHARE = 0.01;

/**
 * Most features with which workers give the search centroids to start from: with more it may end elsewhere from other
 * starts, and these depend on how customers are dealt to workers.
 */
const MOST_STARTED = 3;

/** Centroids that one worker ended with for one k; the weight of each is the number of rows it learnt from. */
export interface Candidates {
  readonly k: number;
  /** k × d, in scaled space. */
  readonly centroids: Float64Array;
  readonly weights: Float64Array;
}

export interface ShardFit {
  /** Learns from the next rows of the shard. */
  addBatch(rows: Matrix): void;
  finish(): { readonly candidates: Candidates[]; readonly grid: Grid };
}

export interface ShardFitOptions {
  readonly dimensions: number;
  /** Every k to fit. */
  readonly kRange: readonly number[];
  readonly seed: Seed;
}

/**
 * One pass over one shard: mini-batch K-Means for every k at once (Sculley 2010: each centroid learns at the rate of
 * one over the rows it has seen), and the exact grid of the same rows. Batches are reduced to cells first, which makes
 * fitting ten ks about as cheap as reading the rows.
 */
export function createShardFit({ dimensions, kRange, seed }: ShardFitOptions): ShardFit {
  const grid = createGrid(dimensions);
  let states: Candidates[] | undefined;
  const addBatch = (rows: Matrix): void => {
    if (rows.rows === 0) return;
    addRows(grid, rows);
    if (dimensions > MOST_STARTED) return;
    const cells = createGrid(dimensions, BATCH_SHIFT);
    addRows(cells, rows);
    const points = gridPoints(cells);
    states ??= kRange.map((k) => seedCandidates(rows, k, deriveSeed(seed, "mini-batch", k)));
    for (const state of states) learn(state, points);
  };
  return { addBatch, finish: () => ({ candidates: states ?? [], grid }) };
}

/** k-means++ by ml-kmeans on a sample of the first rows, with a single step of refinement. */
function seedCandidates(rows: Matrix, k: number, seed: string): Candidates {
  const random = createRandom(seed);
  const d = rows.columns;
  const chosen =
    rows.rows <= SEED_ROWS
      ? Array.from({ length: rows.rows }, (_, i) => i)
      : Array.from({ length: SEED_ROWS }, () => randomInteger(random, rows.rows));
  const sample = chosen.map((row) => Array.from(rows.data.subarray(row * d, row * d + d)));
  const usable = Math.min(k, sample.length);
  const seeded = kmeans(sample, usable, {
    initialization: "kmeans++",
    seed: randomInteger(random, 2 ** 31),
    maxIterations: 1,
  });
  // Fewer rows than centroids: the rest repeat the last one, and their clusters stay empty until a later batch.
  const centroids = Float64Array.from(
    { length: k * d },
    (_, at) => seeded.centroids[Math.min(usable - 1, Math.floor(at / d))]?.[at % d] ?? 0,
  );
  return { k, centroids, weights: new Float64Array(k) };
}

function learn({ k, centroids, weights }: Candidates, { points, weights: masses }: WeightedPoints): void {
  const d = points.columns;
  let farthest = 0;
  let greatest = -1;
  for (let i = 0; i < points.rows; i++) {
    const { centroid, distance } = nearestCentroid(points.data, i * d, centroids, k, d);
    const mass = masses[i];
    weights[centroid] += mass;
    const rate = mass / weights[centroid];
    for (let j = 0; j < d; j++)
      centroids[centroid * d + j] += rate * (points.data[i * d + j] - centroids[centroid * d + j]);
    if (mass * distance > greatest) {
      greatest = mass * distance;
      farthest = i;
    }
  }
  reseedEmpty({ k, centroids, weights }, points, farthest);
}

/**
 * The emptiest cluster's centroid moves to the cell that costs most; the others get their chance with later batches.
 */
function reseedEmpty({ k, centroids, weights }: Candidates, points: Matrix, cell: number): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let emptiest = 0;
  for (let c = 1; c < k; c++) if (weights[c] < weights[emptiest]) emptiest = c;
  if (weights[emptiest] >= (EMPTY_SHARE * total) / k) return;
  const d = points.columns;
  centroids.set(points.data.subarray(cell * d, cell * d + d), emptiest * d);
  weights[emptiest] = 1;
}

function nearestCentroid(
  points: Float64Array,
  at: number,
  centroids: Float64Array,
  k: number,
  d: number,
): { centroid: number; distance: number } {
  let centroid = 0;
  let distance = Number.POSITIVE_INFINITY;
  for (let c = 0; c < k; c++) {
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const difference = points[at + j] - centroids[c * d + j];
      sum += difference * difference;
    }
    if (sum < distance) {
      distance = sum;
      centroid = c;
    }
  }
  return { centroid, distance };
}
