import { SketchError } from "../errors.ts";
import type { Matrix } from "../types.ts";
import { findOrCreate, type Grid, HALF_RANGE, hashKey, maxCellWeight, tooHeavy, UNIT, VALUE_BITS } from "./grid.ts";

const MAX_VALUE = 2 ** VALUE_BITS - 1;

/**
 * Adds scaled rows.
 *
 * @throws SketchError on NaN or ±Infinity (the rows before it have been added), or when a cell grows too heavy.
 * @example
 * ```ts
 * import { createGrid } from "./grid.ts";
 * const grid = createGrid(1);
 * addRows(grid, { rows: 3, columns: 1, data: Float64Array.of(0.5, 0.5, -2) });
 * [grid.rows, grid.size]; // → [3, 2]
 * ```
 */
export function addRows(grid: Grid, rows: Matrix, from = 0, to: number = rows.rows): void {
  if (rows.columns !== grid.dimensions) {
    throw new SketchError("SKETCH_SHAPE", `Rows have ${rows.columns} features, the grid ${grid.dimensions}`);
  }
  if (rows.columns === 3) addRows3(grid, rows, from, to);
  else addRowsAny(grid, rows, from, to);
}

/** The common case, unrolled: half the time. A row with a value outside the range is left to the general loop. */
function addRows3(grid: Grid, rows: Matrix, from: number, to: number): void {
  const { data } = rows;
  const { shift } = grid;
  const remainderMask = 2 ** shift - 1;
  const bits = VALUE_BITS - shift;
  const limit = maxCellWeight(shift);
  let { slots, keyLow, cells } = grid;
  for (let i = from; i < to; i++) {
    const x = Math.floor(data[3 * i] * UNIT + 0.5) + HALF_RANGE;
    const y = Math.floor(data[3 * i + 1] * UNIT + 0.5) + HALF_RANGE;
    const z = Math.floor(data[3 * i + 2] * UNIT + 0.5) + HALF_RANGE;
    if (!(x >= 0 && x <= MAX_VALUE && y >= 0 && y <= MAX_VALUE && z >= 0 && z <= MAX_VALUE)) {
      addRowsAny(grid, rows, i, i + 1);
      ({ slots, keyLow, cells } = grid);
      continue;
    }
    const low = ((x >> shift) << (2 * bits)) | ((y >> shift) << bits) | (z >> shift);
    const slotMask = slots.length - 1;
    let slot = hashKey(0, low) & slotMask;
    let entry = slots[slot];
    while (entry !== 0 && keyLow[entry - 1] !== low) {
      slot = (slot + 1) & slotMask;
      entry = slots[slot];
    }
    if (entry === 0) {
      entry = findOrCreate(grid, 0, low) + 1;
      ({ slots, keyLow, cells } = grid);
    }
    const at = 7 * (entry - 1);
    const rx = x & remainderMask;
    const ry = y & remainderMask;
    const rz = z & remainderMask;
    if (++cells[at] > limit) throw tooHeavy(cells[at], limit);
    cells[at + 1] += rx;
    cells[at + 2] += rx * rx;
    cells[at + 3] += ry;
    cells[at + 4] += ry * ry;
    cells[at + 5] += rz;
    cells[at + 6] += rz * rz;
    grid.rows++;
  }
}

function addRowsAny(grid: Grid, rows: Matrix, from: number, to: number): void {
  const { data, columns } = rows;
  const { shift } = grid;
  const mask = 2 ** shift - 1;
  const bits = VALUE_BITS - shift;
  const limit = maxCellWeight(shift);
  const q = new Int32Array(columns);
  for (let i = from; i < to; i++) {
    let clamped = 0;
    let high = 0;
    let low = 0;
    for (let j = 0; j < columns; j++) {
      let value = Math.floor(data[i * columns + j] * UNIT + 0.5) + HALF_RANGE;
      if (!(value >= 0 && value <= MAX_VALUE)) {
        if (!Number.isFinite(value)) throw notFinite(data[i * columns + j], i, j);
        value = value < 0 ? 0 : MAX_VALUE;
        clamped = 1;
      }
      q[j] = value;
      if (columns - j > 3) high = (high << bits) | (value >> shift);
      else low = (low << bits) | (value >> shift);
    }
    const cell = findOrCreate(grid, high, low);
    const { cells } = grid;
    let at = cell * (1 + 2 * columns);
    if (++cells[at] > limit) throw tooHeavy(cells[at], limit);
    for (let j = 0; j < columns; j++) {
      const remainder = q[j] & mask;
      cells[++at] += remainder;
      cells[++at] += remainder * remainder;
    }
    grid.clampedRows += clamped;
    grid.rows++;
  }
}

function notFinite(value: number, row: number, feature: number): SketchError {
  return new SketchError("SKETCH_VALUE", `Row ${row}, feature ${feature}: ${value} is not a finite number`, {
    row,
    feature,
  });
}
