import { ClusteringError, SketchError } from "../errors.ts";

/**
 * A clustering-feature grid (after the clustering features of BIRCH: Zhang, Ramakrishnan and Livny 1996): scaled values
 * are quantised to 1/65536 of a standard deviation and every cell keeps integer sums below 2⁵³. Integers add exactly,
 * so the grid depends on the rows alone, never on their order or on how they were cut into shards.
 */
export interface Grid {
  readonly dimensions: number;
  /** Low bits of the quantised value inside a cell: the cell is 2^shift / 65536 deviations wide (12 is 1/16). */
  shift: number;
  /** Number of cells. */
  size: number;
  rows: number;
  /** Rows with a value beyond ±8 deviations, counted at the border. */
  clampedRows: number;
  /** Upper and lower three features of each cell's key, 8 bits a feature at most. */
  keyHigh: Int32Array;
  keyLow: Int32Array;
  /** Per cell: weight, then Σ remainder and Σ remainder² per feature. */
  cells: Float64Array;
  /** Open-addressing table: cell index + 1, or 0. */
  slots: Int32Array;
}

/** More features than this scatter customers over cells of one row each: the sketch would be the data. */
export const MAX_GRID_FEATURES = 6;
/** Cells of 1/16 deviation. */
export const FINEST_SHIFT = 12;
/** Cells of 4 deviations: coarser than this there is nothing left. */
export const COARSEST_SHIFT = 18;
/** Bits of a quantised value, which is offset by half their range; a unit is 1/65536 of a deviation. */
export const VALUE_BITS = 20;
export const HALF_RANGE = 2 ** (VALUE_BITS - 1);
export const UNIT = 65_536;
const RADIX_BITS = 8;
const RADIX_MASK = 2 ** RADIX_BITS - 1;

/** @throws ClusteringError when the grid cannot hold that many features. */
export function createGrid(dimensions: number, shift: number = FINEST_SHIFT, expectedCells = 512): Grid {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_GRID_FEATURES) {
    throw new ClusteringError(
      "CLUSTERING_FEATURES",
      `Clustering takes 1 to ${MAX_GRID_FEATURES} features, not ${dimensions}: leave some out of the feature list`,
      { features: dimensions, limit: MAX_GRID_FEATURES },
    );
  }
  if (!Number.isInteger(shift) || shift < FINEST_SHIFT || shift > COARSEST_SHIFT) {
    throw new SketchError("SKETCH_SHIFT", `A grid's shift lies in ${FINEST_SHIFT}..${COARSEST_SHIFT}, not ${shift}`);
  }
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expectedCells)));
  return {
    dimensions,
    shift,
    size: 0,
    rows: 0,
    clampedRows: 0,
    keyHigh: new Int32Array(capacity),
    keyLow: new Int32Array(capacity),
    cells: new Float64Array(capacity * (1 + 2 * dimensions)),
    slots: new Int32Array(capacity * 2),
  };
}

/** Largest weight of a cell at this shift for which Σ remainder² stays below 2⁵³ (and never above 4·10⁷). */
export function maxCellWeight(shift: number): number {
  return Math.min(40_000_000, Math.floor(Number.MAX_SAFE_INTEGER / (2 ** shift - 1) ** 2));
}

/** Index of the cell with this key, created empty where there is none. */
export function findOrCreate(grid: Grid, high: number, low: number): number {
  const { slots, keyHigh, keyLow } = grid;
  const mask = slots.length - 1;
  let slot = hashKey(high, low) & mask;
  for (;;) {
    const entry = slots[slot];
    if (entry === 0) break;
    if (keyLow[entry - 1] === low && keyHigh[entry - 1] === high) return entry - 1;
    slot = (slot + 1) & mask;
  }
  if (grid.size === keyLow.length) {
    grow(grid);
    return findOrCreate(grid, high, low);
  }
  const cell = grid.size++;
  slots[slot] = cell + 1;
  keyHigh[cell] = high;
  keyLow[cell] = low;
  return cell;
}

/** Adds one weighted cell: weight, then Σ and Σ² per feature, read at `offset` of `source`. */
export function addCell(grid: Grid, high: number, low: number, source: Float64Array, offset: number): void {
  const stride = 1 + 2 * grid.dimensions;
  const at = findOrCreate(grid, high, low) * stride;
  for (let j = 0; j < stride; j++) grid.cells[at + j] += source[offset + j];
  const limit = maxCellWeight(grid.shift);
  if (grid.cells[at] > limit) throw tooHeavy(grid.cells[at], limit);
}

/** Cell indices in key order: the one order in which floating-point sums over a grid are taken. */
export function cellOrder(grid: Grid): Uint32Array {
  const { size, dimensions, shift, keyLow, keyHigh } = grid;
  const wordBits = coordinateBits(shift) * Math.min(3, dimensions);
  const byLow = sortByWord(
    Uint32Array.from({ length: size }, (_, i) => i),
    keyLow,
    wordBits,
  );
  return dimensions <= 3 ? byLow : sortByWord(byLow, keyHigh, wordBits);
}

/** Coordinate of feature `j` in a cell's key, in cell widths from −8 deviations. */
export function cellCoordinate(grid: Grid, cell: number, j: number): number {
  const bits = VALUE_BITS - grid.shift;
  const fromEnd = grid.dimensions - 1 - j;
  const word = fromEnd < 3 ? grid.keyLow[cell] : grid.keyHigh[cell];
  return (word >>> (bits * (fromEnd % 3))) & (2 ** bits - 1);
}

/** Scaled value of a quantised one (which may carry a fraction, such as a mean). */
export function dequantise(value: number): number {
  return (value - HALF_RANGE) / UNIT;
}

/** Bits of one feature's coordinate at this shift. */
export function coordinateBits(shift: number): number {
  return VALUE_BITS - shift;
}

/**
 * Radix sort of cells by the lowest `bits` of their word of the key; cells with equal words stay in the order they had.
 */
function sortByWord(cells: Uint32Array<ArrayBuffer>, words: Int32Array, bits: number) {
  let from = cells;
  let to = new Uint32Array(cells.length);
  for (let shift = 0; shift < bits; shift += RADIX_BITS) {
    const starts = new Uint32Array(2 ** RADIX_BITS + 1);
    for (let i = 0; i < from.length; i++) starts[((words[from[i]] >>> shift) & RADIX_MASK) + 1]++;
    for (let digit = 1; digit < starts.length; digit++) starts[digit] += starts[digit - 1];
    for (let i = 0; i < from.length; i++) to[starts[(words[from[i]] >>> shift) & RADIX_MASK]++] = from[i];
    [from, to] = [to, from];
  }
  return from;
}

export function hashKey(high: number, low: number): number {
  let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function grow(grid: Grid): void {
  const capacity = grid.keyLow.length * 2;
  const keyHigh = new Int32Array(capacity);
  const keyLow = new Int32Array(capacity);
  const cells = new Float64Array(capacity * (1 + 2 * grid.dimensions));
  keyHigh.set(grid.keyHigh);
  keyLow.set(grid.keyLow);
  cells.set(grid.cells);
  const slots = new Int32Array(capacity * 2);
  const mask = slots.length - 1;
  for (let cell = 0; cell < grid.size; cell++) {
    let slot = hashKey(keyHigh[cell], keyLow[cell]) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = cell + 1;
  }
  Object.assign(grid, { keyHigh, keyLow, cells, slots });
}

export function tooHeavy(weight: number, limit: number): SketchError {
  const message = `A grid cell holds ${weight} rows; its sums are exact up to ${limit}`;
  return new SketchError("SKETCH_CELL_WEIGHT", message, { weight, limit });
}
