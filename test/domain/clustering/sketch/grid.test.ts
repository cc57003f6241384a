import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClusteringError, SketchError } from "../../../../lib/domain/clustering/errors.ts";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { createGrid, type Grid } from "../../../../lib/domain/clustering/sketch/grid.ts";
import { parseGrid, serializeGrid } from "../../../../lib/domain/clustering/sketch/gridCodec.ts";
import { coarsen, gridPoints, mergeGrids } from "../../../../lib/domain/clustering/sketch/gridLevels.ts";
import { addRows } from "../../../../lib/domain/clustering/sketch/gridRows.ts";
import type { Matrix } from "../../../../lib/domain/clustering/types.ts";
import { matrixOf } from "../arbitraries.ts";

const coordinate = fc.oneof(
  fc.double({ min: -9, max: 9, noNaN: true }),
  fc.integer({ min: -4, max: 4 }).map((value) => value / 16),
);
const rowsOf = (columns: number) =>
  fc.array(fc.array(coordinate, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 60 });
const anyRows = fc.integer({ min: 1, max: 6 }).chain(rowsOf);

function gridOf(rows: readonly (readonly number[])[], columns = rows[0].length, shift?: number): Grid {
  const grid = createGrid(columns, shift);
  const matrix: Matrix = { ...matrixOf(rows), columns };
  addRows(grid, matrix);
  return grid;
}

const bytesOf = (grid: Grid) => Buffer.from(serializeGrid(grid)).toString("hex");

describe("grid", () => {
  it("depends on the rows alone: any order, any shards, bit for bit", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 1, max: 7 }), (rows, shards) => {
        const whole = gridOf(rows);
        const parts = Array.from({ length: shards }, (_, s) =>
          gridOf(rows.filter((_row, i) => i % shards === s).toReversed(), rows[0].length),
        );
        expect(bytesOf(mergeGrids(parts))).toBe(bytesOf(whole));
        expect(gridPoints(mergeGrids(parts))).toEqual(gridPoints(whole));
      }),
    );
  });

  it("merges associatively and commutatively, and an empty grid changes nothing", () => {
    fc.assert(
      fc.property(rowsOf(3), rowsOf(3), rowsOf(3), (x, y, z) => {
        const [a, b, c] = [gridOf(x), gridOf(y), gridOf(z)];
        const whole = bytesOf(mergeGrids([a, b, c]));
        expect(bytesOf(mergeGrids([mergeGrids([a, b]), c]))).toBe(whole);
        expect(bytesOf(mergeGrids([a, mergeGrids([c, b])]))).toBe(whole);
        expect(bytesOf(mergeGrids([createGrid(3), c, b, a]))).toBe(whole);
      }),
    );
  });

  it("coarsens to what the coarse grid of the rows would be, in one step or several", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 12, max: 18 }), (rows, shift) => {
        const direct = bytesOf(gridOf(rows, rows[0].length, shift));
        let stepwise = gridOf(rows);
        while (stepwise.shift < shift) stepwise = coarsen(stepwise, stepwise.shift + 1);
        expect(bytesOf(coarsen(gridOf(rows), shift))).toBe(direct);
        expect(bytesOf(stepwise)).toBe(direct);
      }),
    );
  });

  it("keeps the rows' inertia: within cells plus between cell means", () => {
    const random = createRandom("inertia");
    const rows = Array.from({ length: 500 }, () => [random() * 4 - 2, random() * 2, random()]);
    const total = rows.flat().reduce((sum, value) => sum + value * value, 0);
    for (const shift of [12, 14, 17]) {
      const { points, weights, withinCellInertia } = gridPoints(gridOf(rows, 3, shift));
      const between = points.data.reduce((sum, value, at) => sum + weights[Math.floor(at / 3)] * value * value, 0);
      expect(Math.abs(between + withinCellInertia - total)).toBeLessThan(1e-4 * total);
    }
  });

  it("counts rows beyond ±8 deviations once and keeps them at the border", () => {
    const grid = gridOf([
      [0, 0],
      [1e9, -1e9],
      [8.5, 0],
    ]);

    expect(grid.clampedRows).toBe(2);
    expect(Math.max(...gridPoints(grid).points.data)).toBeLessThan(8);
    expect(Math.min(...gridPoints(grid).points.data)).toBe(-8);
  });

  it("holds three features as it holds them beside a constant fourth", () => {
    const hostile = fc.oneof(coordinate, fc.constantFrom(8, -8, 7.99999, 1e300, -1e300, -0));
    const triples = fc.array(fc.tuple(hostile, hostile, hostile), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(triples, fc.integer({ min: 12, max: 18 }), (rows, shift) => {
        const three = gridOf(rows, 3, shift);
        const four = gridOf(
          rows.map((row) => [0, ...row]),
          4,
          shift,
        );
        const { points, weights } = gridPoints(four);
        expect(gridPoints(three).weights).toEqual(weights);
        expect(gridPoints(three).points.data).toEqual(points.data.filter((_, at) => at % 4 > 0));
        expect([three.rows, three.clampedRows, three.size]).toEqual([four.rows, four.clampedRows, four.size]);
      }),
    );
  });

  it("has added the rows before one that is not a number", () => {
    const grid = createGrid(3);
    const rows = matrixOf([
      [0, 0, 0],
      [1, 1, 1],
      [1, Number.NaN, 1],
      [2, 2, 2],
    ]);

    expect(() => addRows(grid, rows)).toThrow(/Row 2, feature 1/);
    expect([grid.rows, grid.size]).toEqual([2, 2]);
  });

  it("refuses what it cannot hold", () => {
    expect(() => createGrid(7)).toThrow(ClusteringError);
    expect(() => createGrid(0)).toThrow(ClusteringError);
    expect(() => createGrid(3, 11)).toThrow(SketchError);
    expect(() => gridOf([[0, Number.NaN]])).toThrow(SketchError);
    expect(() => gridOf([[Number.NEGATIVE_INFINITY]])).toThrow(SketchError);
    expect(() => addRows(createGrid(2), matrixOf([[1, 2, 3]]))).toThrow(SketchError);
    expect(() => mergeGrids([])).toThrow(SketchError);
    expect(() => mergeGrids([createGrid(2), createGrid(3)])).toThrow(SketchError);
    expect(() => coarsen(createGrid(2, 14), 13)).toThrow(SketchError);
  });
});

describe("grid codec", () => {
  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 12, max: 18 }), (rows, shift) => {
        const grid = gridOf(rows, rows[0].length, shift);
        const read = parseGrid(serializeGrid(grid));
        expect([read.rows, read.clampedRows, read.shift]).toEqual([grid.rows, grid.clampedRows, shift]);
        expect(gridPoints(read)).toEqual(gridPoints(grid));
        expect(bytesOf(read)).toBe(bytesOf(grid));
      }),
    );
    expect(bytesOf(parseGrid(serializeGrid(createGrid(3))))).toBe(bytesOf(createGrid(3)));
  });

  it("refuses every cut and every flipped bit with SketchError", () => {
    const bytes = serializeGrid(
      gridOf([
        [0, 0.01, 3],
        [0, 0.02, 3],
        [-7, 0.5, 9],
      ]),
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseGrid(bytes.slice(0, length))).toThrow(SketchError);
    }
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => parseGrid(damaged)).toThrow(SketchError);
    }
    expect(() => parseGrid(Uint8Array.from([...bytes, 0]))).toThrow(SketchError);
  });

  it("never takes arbitrary bytes, nor fails in another way", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(() => parseGrid(noise)).toThrow(SketchError);
        expect(() => parseGrid(Uint8Array.from([0x43, 0x46, 0x47, 0x31, ...noise]))).toThrow(SketchError);
      }),
    );
  });
});
