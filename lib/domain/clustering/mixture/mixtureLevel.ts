import { cellOrder, type Grid, UNIT } from "../sketch/grid.ts";
import { gridPoints } from "../sketch/gridLevels.ts";
import { distinctPoints } from "../sketch/points.ts";
import type { Matrix, WeightedPoints } from "../types.ts";
import type { MixtureLevel } from "./types.ts";

/** The cells of a grid at their rows' means, in key order, with the variances inside them. */
export function levelOfGrid(grid: Grid): MixtureLevel {
  return levelOf(gridPoints(grid), cellVariances(grid));
}

/** The distinct rows themselves. */
export function levelOfRows(rows: Matrix): MixtureLevel {
  const distinct = distinctPoints(rows);
  return levelOf(distinct, new Float64Array(distinct.points.data.length));
}

/** Points that are all there is, such as resampled cells. */
export function levelOf({ points, weights }: WeightedPoints, variances: Float64Array): MixtureLevel {
  const { rows: count, columns: dimensions, data } = points;
  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  return { count, dimensions, points: data, variances, weights, totalWeight };
}

function cellVariances({ dimensions, cells, size, ...rest }: Grid): Float64Array {
  const stride = 1 + 2 * dimensions;
  const variances = new Float64Array(size * dimensions);
  const order = cellOrder({ dimensions, cells, size, ...rest });
  for (let i = 0; i < size; i++) {
    const at = order[i] * stride;
    const weight = cells[at];
    if (weight === 1) continue;
    for (let j = 0; j < dimensions; j++) {
      const sum = cells[at + 1 + 2 * j];
      // Non-negative but for rounding: both agree when all rows of a cell are equal.
      const squares = Math.max(0, cells[at + 2 + 2 * j] - (sum * sum) / weight);
      variances[i * dimensions + j] = squares / weight / UNIT ** 2;
    }
  }
  return variances;
}
