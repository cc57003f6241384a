import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClusteringError, SketchError } from "../../../lib/domain/clustering/errors.ts";
import {
  addCell,
  addRows,
  createGrid,
  FINEST_SHIFT,
  type Grid,
  maxCellWeight,
} from "../../../lib/domain/clustering/grid.ts";
import { parseGrid, serializeGrid } from "../../../lib/domain/clustering/gridCodec.ts";
import { coarsen, fitGridSize, gridPoints, mergeGrids } from "../../../lib/domain/clustering/gridLevels.ts";
import { createRandom } from "../../../lib/domain/clustering/random.ts";
import { checksum } from "../../../lib/domain/clustering/varint.ts";
import { matrixOf } from "./arbitraries.ts";

const gridOf = (rows: readonly (readonly number[])[], dimensions = rows[0].length): Grid => {
  const grid = createGrid(dimensions);
  if (rows.length > 0) addRows(grid, matrixOf(rows));
  return grid;
};
/** The whole content of a grid, independent of the order its cells were made in. */
const bytesOf = (grid: Grid) => Buffer.from(serializeGrid(grid)).toString("hex");

const rowsOf = (dimensions: number) => {
  const value = fc.oneof(fc.double({ min: -9, max: 9, noNaN: true }), fc.constantFrom(0, -0, 8, -8, 1e9, 1 / 65_536));
  return fc.array(fc.array(value, { minLength: dimensions, maxLength: dimensions }), { minLength: 1, maxLength: 60 });
};
const anyRows = fc.integer({ min: 1, max: 6 }).chain(rowsOf);

describe("grid", () => {
  it("is the same for any order of rows and any cut into shards, bit for bit", () => {
    fc.assert(
      fc.property(anyRows, fc.integer(), fc.integer({ min: 1, max: 5 }), (rows, seed, shards) => {
        const whole = bytesOf(gridOf(rows));
        const random = createRandom(seed);
        const shuffled = rows.map((row) => ({ row, key: random() })).sort((a, b) => a.key - b.key);
        const parts = Array.from({ length: shards }, (_, s) =>
          gridOf(
            shuffled.filter((_, i) => i % shards === s).map(({ row }) => row),
            rows[0].length,
          ),
        );
        expect(bytesOf(mergeGrids(parts))).toBe(whole);
        expect(bytesOf(mergeGrids([...parts].reverse()))).toBe(whole);
        expect(bytesOf(mergeGrids([parts[0], mergeGrids([...parts.slice(1), createGrid(rows[0].length)])]))).toBe(
          whole,
        );
      }),
    );
  });

  it("coarsens to what coarse cells would have collected from the rows", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 12, max: 18 }), fc.integer({ min: 0, max: 6 }), (rows, first, more) => {
        const shift = Math.min(18, first + more);
        const direct = createGrid(rows[0].length, shift);
        addRows(direct, matrixOf(rows));
        expect(bytesOf(coarsen(coarsen(gridOf(rows), first), shift))).toBe(bytesOf(direct));
      }),
    );
  });

  it("keeps count, mean and scatter of the rows", () => {
    const within8 = fc.array(
      fc.array(fc.double({ min: -7.9, max: 7.9, noNaN: true }), { minLength: 4, maxLength: 4 }),
      {
        minLength: 1,
        maxLength: 50,
      },
    );
    fc.assert(
      fc.property(within8, fc.integer({ min: 12, max: 18 }), (rows, shift) => {
        const { points, weights, withinCellInertia } = gridPoints(coarsen(gridOf(rows), shift));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        expect(total).toBe(rows.length);
        for (let j = 0; j < 4; j++) {
          const mean = weights.reduce((sum, weight, i) => sum + weight * points.data[i * 4 + j], 0) / total;
          expect(mean).toBeCloseTo(rows.reduce((sum, row) => sum + row[j], 0) / total, 4);
        }
        const squares = weights.reduce(
          (sum, w, i) => sum + w * points.data.subarray(i * 4, i * 4 + 4).reduce((s, x) => s + x * x, 0),
          withinCellInertia,
        );
        expect(Math.abs(squares - rows.flat().reduce((sum, x) => sum + x * x, 0))).toBeLessThan(0.02 * rows.length);
      }),
    );
  });

  it("gives points in key order, each in its own place", () => {
    const { points } = gridPoints(
      gridOf([
        [1, 2, 3, 4, 5],
        [-1, 2, 3, 4, 5],
        [1, 2, 3, -4, 5],
      ]),
    );
    expect([...points.data].map(Math.round)).toEqual([-1, 2, 3, 4, 5, 1, 2, 3, -4, 5, 1, 2, 3, 4, 5]);
  });

  it("clamps a 10⁹ outlier to 8 deviations and counts it; its neighbours stay where they are", () => {
    const grid = gridOf([
      [0, 0, 1e9],
      [0, 0, 0],
      [-1e300, 0, 0],
    ]);
    expect(grid.clampedRows).toBe(2);
    expect(Math.max(...gridPoints(grid).points.data)).toBeCloseTo(8, 4);
    expect(gridPoints(grid).points.rows).toBe(3);
  });

  it("refuses NaN and infinity by row and feature", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() =>
        gridOf([
          [0, 0],
          [0, bad],
        ]),
      ).toThrow(/Row 1, feature 1/);
    }
  });

  it("says how many features it takes", () => {
    expect(() => createGrid(7)).toThrow(ClusteringError);
    expect(() => createGrid(7)).toThrow(/1 to 6 features, not 7/);
    expect(() => createGrid(0)).toThrow(ClusteringError);
  });

  it("refuses a cell whose sums could round", () => {
    const limit = maxCellWeight(FINEST_SHIFT);
    const grid = createGrid(1);
    const most = 2 ** FINEST_SHIFT - 1;
    addCell(grid, 0, 5, Float64Array.of(limit, limit * most, limit * most * most), 0);
    expect(limit * most * most).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
    expect(() => addCell(grid, 0, 5, Float64Array.of(1, 0, 0), 0)).toThrow(SketchError);
  });

  it("ends at the same width however the rows were sharded, also when a shard was coarsened by itself", () => {
    const random = createRandom("size");
    const rows = Array.from({ length: 5000 }, () => [random() * 6 - 3, random() * 6 - 3, random() * 6 - 3]);
    const whole = fitGridSize(gridOf(rows), 700);
    const parts = [0, 1, 2].map((s) => fitGridSize(gridOf(rows.filter((_, i) => i % 3 === s)), 700));
    expect(parts[0].shift).toBeGreaterThan(FINEST_SHIFT);
    expect(whole.size).toBeLessThanOrEqual(700);
    expect(bytesOf(fitGridSize(mergeGrids(parts), 700))).toBe(bytesOf(whole));
  });
});

describe("serializeGrid", () => {
  it("is read back as it was", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 12, max: 18 }), (rows, shift) => {
        const grid = coarsen(gridOf(rows), shift);
        const parsed = parseGrid(serializeGrid(grid));
        expect(bytesOf(parsed)).toBe(bytesOf(grid));
        expect(gridPoints(parsed)).toEqual(gridPoints(grid));
        expect([parsed.rows, parsed.clampedRows, parsed.shift]).toEqual([grid.rows, grid.clampedRows, grid.shift]);
      }),
    );
  });

  it("reads an empty grid, and bytes that lie inside a larger buffer", () => {
    const bytes = serializeGrid(createGrid(2));
    expect(parseGrid(bytes).rows).toBe(0);
    const larger = new Uint8Array(bytes.length + 10);
    larger.set(bytes, 7);
    expect(parseGrid(larger.subarray(7, 7 + bytes.length)).dimensions).toBe(2);
  });

  const sample = serializeGrid(
    gridOf([
      [0.1, 0.2],
      [0.1, 0.2001],
      [1, -1],
      [2, 2],
    ]),
  );

  it("notices every single altered bit, every cut and trailing bytes", () => {
    for (let bit = 0; bit < sample.length * 8; bit++) {
      const altered = sample.slice();
      altered[bit >> 3] ^= 1 << (bit & 7);
      expect(() => parseGrid(altered)).toThrow(SketchError);
    }
    for (let length = 0; length < sample.length; length++) {
      expect(() => parseGrid(sample.slice(0, length))).toThrow(SketchError);
    }
    expect(() => parseGrid(Uint8Array.from([...sample, 0]))).toThrow(SketchError);
  });

  it("refuses impossible content under a right checksum, and nothing but SketchError ever escapes", () => {
    const body = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(sample.length - 5), body, (at, noise) => {
        const forged = sample.slice();
        forged.set(noise.slice(0, forged.length - 4 - at), at);
        new DataView(forged.buffer).setUint32(forged.length - 4, checksum(forged, forged.length - 4), true);
        try {
          const grid = parseGrid(forged);
          // What is accepted must be a grid: one that writes and reads back alike.
          expect(bytesOf(parseGrid(serializeGrid(grid)))).toBe(bytesOf(grid));
        } catch (error) {
          expect(error).toBeInstanceOf(SketchError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
