import { SketchError } from "../errors.ts";
import {
  addCell,
  COARSEST_SHIFT,
  cellOrder,
  coordinateBits,
  createGrid,
  FINEST_SHIFT,
  type Grid,
  MAX_GRID_FEATURES,
  maxCellWeight,
} from "./grid.ts";
import { type ByteReader, type ByteWriter, checksum, createWriter, readVarint, writeVarint } from "./varint.ts";

const MAGIC = [0x43, 0x46, 0x47, 0x31]; // "CFG1"
const CHECKSUM_BYTES = 4;

/**
 * A grid as bytes: header, then column by column in key order (key deltas, weights, Σ remainder, Σ remainder² for cells
 * of more than one row, whose value the sums cannot give), then a checksum. Equal grids give equal bytes. The columns
 * are meant to be compressed by the caller.
 */
export function serializeGrid(grid: Grid): Uint8Array {
  const { dimensions, cells, size } = grid;
  const stride = 1 + 2 * dimensions;
  const order = cellOrder(grid);
  const writer = createWriter(64 + size * (3 + 5 * dimensions));
  for (const byte of MAGIC) writeVarint(writer, byte);
  for (const value of [dimensions, grid.shift, grid.rows, grid.clampedRows, size]) writeVarint(writer, value);
  let previous = -1;
  for (const cell of order) {
    const key = cellKey(grid, cell);
    writeVarint(writer, key - previous - 1);
    previous = key;
  }
  for (const cell of order) writeVarint(writer, cells[cell * stride] - 1);
  for (let j = 0; j < dimensions; j++) {
    for (const cell of order) writeVarint(writer, cells[cell * stride + 1 + 2 * j]);
    for (const cell of order) if (cells[cell * stride] > 1) writeVarint(writer, cells[cell * stride + 2 + 2 * j]);
  }
  return seal(writer);
}

/**
 * Reads what `serializeGrid` wrote.
 *
 * @throws SketchError SKETCH_DAMAGED for anything else: cut short, altered, with trailing bytes or impossible sums.
 */
export function parseGrid(bytes: Uint8Array): Grid {
  const reader = open(bytes);
  const [dimensions, shift, rows, clampedRows, size] = [0, 0, 0, 0, 0].map(() => next(reader));
  demand(dimensions >= 1 && dimensions <= MAX_GRID_FEATURES, "impossible number of features");
  demand(shift >= FINEST_SHIFT && shift <= COARSEST_SHIFT, "impossible cell width");
  demand(clampedRows <= rows && size <= rows && size <= bytes.length, "impossible counts");
  const stride = 1 + 2 * dimensions;
  const keys = readKeys(reader, size, 2 ** (coordinateBits(shift) * dimensions));
  const cells = new Float64Array(size * stride);
  readWeights(reader, cells, stride, shift, rows);
  for (let j = 0; j < dimensions; j++) readSums(reader, cells, stride, 1 + 2 * j, 2 ** shift - 1);
  demand(reader.offset === bytes.length - CHECKSUM_BYTES, "trailing bytes");
  const grid = createGrid(dimensions, shift, size);
  const lowRange = 2 ** (coordinateBits(shift) * Math.min(3, dimensions));
  for (let i = 0; i < size; i++) addCell(grid, Math.floor(keys[i] / lowRange), keys[i] % lowRange, cells, i * stride);
  return Object.assign(grid, { rows, clampedRows });
}

/** Both words of a cell's key as one integer, at most 48 bits. */
function cellKey(grid: Grid, cell: number): number {
  const lowRange = 2 ** (coordinateBits(grid.shift) * Math.min(3, grid.dimensions));
  return grid.keyHigh[cell] * lowRange + grid.keyLow[cell];
}

function readKeys(reader: ByteReader, size: number, range: number): Float64Array {
  const keys = new Float64Array(size);
  let key = -1;
  for (let i = 0; i < size; i++) {
    key += next(reader) + 1;
    demand(key < range, "cell key out of range");
    keys[i] = key;
  }
  return keys;
}

function readWeights(reader: ByteReader, cells: Float64Array, stride: number, shift: number, rows: number): void {
  const limit = maxCellWeight(shift);
  let total = 0;
  for (let at = 0; at < cells.length; at += stride) {
    cells[at] = next(reader) + 1;
    demand(cells[at] <= limit, "cell heavier than its sums allow");
    total += cells[at];
  }
  demand(total === rows, "weights do not add up to the rows");
}

function readSums(reader: ByteReader, cells: Float64Array, stride: number, column: number, maxRemainder: number): void {
  for (let at = 0; at < cells.length; at += stride) {
    const sum = next(reader);
    demand(sum <= cells[at] * maxRemainder, "sum of remainders out of range");
    cells[at + column] = sum;
  }
  for (let at = 0; at < cells.length; at += stride) {
    const sum = cells[at + column];
    const squares = cells[at] > 1 ? next(reader) : sum * sum;
    // Cauchy-Schwarz from below (with room for the rounding of the square), the largest remainder from above.
    const possible = squares <= sum * maxRemainder && cells[at] * squares >= sum * sum * (1 - 1e-12);
    demand(possible, "sum of squares out of range");
    cells[at + column + 1] = squares;
  }
}

function seal(writer: ByteWriter): Uint8Array {
  const sealed = new Uint8Array(writer.length + CHECKSUM_BYTES);
  sealed.set(writer.bytes.subarray(0, writer.length));
  new DataView(sealed.buffer).setUint32(writer.length, checksum(sealed, writer.length), true);
  return sealed;
}

function open(bytes: Uint8Array): ByteReader {
  const end = bytes.length - CHECKSUM_BYTES;
  demand(end > MAGIC.length && MAGIC.every((byte, i) => bytes[i] === byte), "not a clustering grid");
  const stored = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(end, true);
  demand(stored === checksum(bytes, end), "checksum differs");
  return { bytes: bytes.subarray(0, end), offset: MAGIC.length };
}

function next(reader: ByteReader): number {
  const value = readVarint(reader);
  demand(!Number.isNaN(value), "cut short");
  return value;
}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new SketchError("SKETCH_DAMAGED", `The clustering sketch is damaged: ${what}. Fit its shard again`);
}
