import { nearestLabels } from "../assign/nearest.ts";
import { createGrid } from "../sketch/grid.ts";
import { fitGridSize, gridPoints } from "../sketch/gridLevels.ts";
import { addRows } from "../sketch/gridRows.ts";
import { createLevel, distinctPoints, type Level } from "../sketch/points.ts";
import { type EncodingPlan, encode, encodingFromMoments, transformValue } from "../space/encode.ts";
import { moments } from "../space/moments.ts";
import type { FittedPartition, Matrix, Transform, WeightedPoints } from "../types.ts";
import { lloyd, type StopRule } from "./lloyd.ts";
import { createRandom, deriveSeed } from "./random.ts";
import { seedCentroids } from "./seed.ts";
import { settle } from "./settle.ts";

/** Rows up to which the fit runs over the rows themselves, not over cells of a sixteenth of a deviation. */
export const EXACT_ROWS = 30_000;
const STARTS = 8;
const STOP: StopRule = { maxIterations: 100, tolerance: 1e-5 };

export interface ColumnFeature {
  readonly name: string;
  readonly transform: Transform;
  readonly scale: number;
  /** Raw units. */
  readonly values: Float64Array;
}

export interface ColumnFit {
  readonly encodings: EncodingPlan["encodings"];
  readonly centroids: Matrix;
  /** Cluster of each row: its place among the centroids. */
  readonly labels: Uint8Array;
}

/**
 * Clusters columns that are in memory in the space of a run's clusters, for one k: the best of a few starts from greedy
 * k-means++. A run searches further, which is for the model that stays.
 * @returns undefined where no feature tells the rows apart. @throws EncodingError for values outside of a transform.
 */
export function fitColumns(features: readonly ColumnFeature[], k: number, seed: number): ColumnFit | undefined {
  const { encodings } = encodingFromMoments(features.map(momentsOf));
  if (encodings.length === 0) return undefined;
  const rows = encodeColumns(features, encodings);
  const level = createLevel(rows.rows <= EXACT_ROWS ? distinctPoints(rows) : cellsOf(rows));
  const { centroids } = bestOfStarts(level, Math.min(k, level.count), seed);
  return { encodings, centroids, labels: nearestLabels(rows, centroids) };
}

/** The columns of the encodings, in their space. @throws EncodingError for values outside of a transform. */
export function encodeColumns(features: readonly ColumnFeature[], encodings: ColumnFit["encodings"]): Matrix {
  const columns = encodings.map(({ name }) => features.find((feature) => feature.name === name)?.values ?? []);
  return encode(columns, encodings);
}

function cellsOf(rows: Matrix): WeightedPoints {
  const grid = createGrid(rows.columns);
  addRows(grid, rows);
  return gridPoints(fitGridSize(grid));
}

function bestOfStarts(level: Level, k: number, seed: number): FittedPartition {
  const random = createRandom(deriveSeed(seed, "columns", k));
  const found = Array.from({ length: STARTS }, () =>
    lloyd(level, seedCentroids(level, k, new Float64Array(0), random), k, STOP),
  );
  return settle(
    level,
    found.reduce((best, one) => (one.cost < best.cost ? one : best)),
  );
}

function momentsOf({ name, transform, scale, values }: ColumnFeature) {
  const transformed = values.map((value, row) => transformValue(value, { name, transform, scale }, row));
  // In ascending order, so that the sums do not depend on the order of the rows.
  const { count, mean, squaredDeviations } = moments(transformed.sort());
  return { name, transform, scale, count, mean, variance: squaredDeviations / count };
}
