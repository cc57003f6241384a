import { SketchError } from "../errors.ts";
import type { WeightedPoints } from "../types.ts";
import {
  addCell,
  COARSEST_SHIFT,
  cellCoordinate,
  cellOrder,
  coordinateBits,
  createGrid,
  dequantise,
  type Grid,
} from "./grid.ts";

/** From this many rows on a grid should be much smaller than its rows; below it every row may have its own cell. */
export const LARGE_ROWS = 30_000;
/** Cells a grid may have at most, whatever its rows: what a Lloyd pass over it may cost. */
export const DEFAULT_MAX_CELLS = 2 ** 18;

/**
 * Adds grids cell by cell: exact, associative and commutative in content (the order of cells inside may differ; every
 * reader takes them in key order). Grids of different widths are brought to the coarsest first.
 *
 * @throws SketchError when there is none, or their features differ in number.
 */
export function mergeGrids(grids: readonly Grid[]): Grid {
  if (grids.length === 0) throw new SketchError("SKETCH_EMPTY", "There is no grid to merge");
  const { dimensions } = grids[0];
  const shift = Math.max(...grids.map((grid) => grid.shift));
  const merged = createGrid(dimensions, shift, Math.max(...grids.map((grid) => grid.size)));
  for (const grid of grids) {
    if (grid.dimensions !== dimensions) {
      throw new SketchError("SKETCH_SHAPE", `Grids of ${dimensions} and of ${grid.dimensions} features do not merge`);
    }
    addCoarsened(merged, grid);
  }
  return merged;
}

/** The same rows in cells of 2^shift / 65536 deviations; `shift` at least the grid's own. Exact. */
export function coarsen(grid: Grid, shift: number): Grid {
  if (shift < grid.shift) {
    throw new SketchError("SKETCH_SHIFT", `A grid of shift ${grid.shift} cannot be refined to ${shift}`);
  }
  const coarse = createGrid(grid.dimensions, shift, grid.size >> 2);
  addCoarsened(coarse, grid);
  return coarse;
}

/**
 * Coarsens until the grid has at most `maxCells` cells and, from 30,000 rows on, at most a quarter as many as rows. The
 * width this ends with depends on the rows alone: a shard that was coarsened to `maxCells` by itself is never coarser
 * than the whole must be, since it has no more cells than the whole.
 */
export function fitGridSize(grid: Grid, maxCells: number = DEFAULT_MAX_CELLS): Grid {
  const limit = grid.rows >= LARGE_ROWS ? Math.min(maxCells, grid.rows / 4) : maxCells;
  let fitted = grid;
  while (fitted.size > limit && fitted.shift < COARSEST_SHIFT) fitted = coarsen(fitted, fitted.shift + 1);
  return fitted;
}

/** Cells as weighted points at their rows' mean, in key order, with the inertia inside the cells. */
export function gridPoints(grid: Grid): WeightedPoints {
  const { dimensions, cells, size, shift } = grid;
  const stride = 1 + 2 * dimensions;
  const data = new Float64Array(size * dimensions);
  const weights = new Float64Array(size);
  let within = 0;
  const order = cellOrder(grid);
  for (let i = 0; i < size; i++) {
    const cell = order[i];
    const weight = cells[cell * stride];
    weights[i] = weight;
    for (let j = 0; j < dimensions; j++) {
      const sum = cells[cell * stride + 1 + 2 * j];
      data[i * dimensions + j] = dequantise(cellCoordinate(grid, cell, j) * 2 ** shift + sum / weight);
      // Non-negative but for rounding: Σr² and (Σr)²/w agree when all rows of a cell are equal.
      if (weight > 1) within += Math.max(0, cells[cell * stride + 2 + 2 * j] - (sum * sum) / weight);
    }
  }
  return { points: { rows: size, columns: dimensions, data }, weights, withinCellInertia: within / 65_536 ** 2 };
}

/** Σ(r + o) = Σr + w·o and Σ(r + o)² = Σr² + 2oΣr + w·o², where o is the fine cell's offset in the coarse one. */
function addCoarsened(target: Grid, grid: Grid): void {
  const { dimensions, shift } = grid;
  const drop = target.shift - shift;
  const bits = coordinateBits(target.shift);
  const stride = 1 + 2 * dimensions;
  const cell = new Float64Array(stride);
  for (let i = 0; i < grid.size; i++) {
    if (drop === 0) {
      addCell(target, grid.keyHigh[i], grid.keyLow[i], grid.cells, i * stride);
      continue;
    }
    let high = 0;
    let low = 0;
    const weight = grid.cells[i * stride];
    cell[0] = weight;
    for (let j = 0; j < dimensions; j++) {
      const coordinate = cellCoordinate(grid, i, j);
      const offset = (coordinate & (2 ** drop - 1)) * 2 ** shift;
      const sum = grid.cells[i * stride + 1 + 2 * j];
      cell[1 + 2 * j] = sum + weight * offset;
      cell[2 + 2 * j] = grid.cells[i * stride + 2 + 2 * j] + 2 * offset * sum + weight * offset * offset;
      if (dimensions - j > 3) high = (high << bits) | (coordinate >> drop);
      else low = (low << bits) | (coordinate >> drop);
    }
    addCell(target, high, low, cell, 0);
  }
  target.rows += grid.rows;
  target.clampedRows += grid.clampedRows;
}
