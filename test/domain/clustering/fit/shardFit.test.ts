import { describe, expect, it } from "vitest";
import { SketchError } from "../../../../lib/domain/clustering/errors.ts";
import { summarize } from "../../../../lib/domain/clustering/fit/settle.ts";
import { createShardFit } from "../../../../lib/domain/clustering/fit/shardFit.ts";
import { createGrid } from "../../../../lib/domain/clustering/sketch/grid.ts";
import { serializeGrid } from "../../../../lib/domain/clustering/sketch/gridCodec.ts";
import { addRows } from "../../../../lib/domain/clustering/sketch/gridRows.ts";
import { createLevel, distinctPoints } from "../../../../lib/domain/clustering/sketch/points.ts";
import type { Matrix } from "../../../../lib/domain/clustering/types.ts";
import { matrixOf } from "../arbitraries.ts";
import { hasOnlineRetail, readFigures, readPoints } from "../onlineRetail.ts";

const fitOf = (rows: Matrix, kRange: readonly number[], seed: number, batchRows = rows.rows) => {
  const fit = createShardFit({ dimensions: rows.columns, kRange, seed });
  for (let from = 0; from < rows.rows; from += batchRows) {
    const to = Math.min(rows.rows, from + batchRows);
    const data = rows.data.subarray(from * rows.columns, to * rows.columns);
    fit.addBatch({ rows: to - from, columns: rows.columns, data });
  }
  return fit.finish();
};

describe("createShardFit", () => {
  it("gives finite centroids for one row, for identical rows and for fewer rows than k", () => {
    for (const rows of [
      [[1, 2, 3]],
      Array.from({ length: 40 }, () => [1, 2, 3]),
      [
        [0, 0, 0],
        [1, 1, 1],
      ],
    ]) {
      const { candidates, grid } = fitOf(matrixOf(rows), [1, 2, 8], 1, 10);
      expect(candidates.map(({ k, centroids }) => centroids.length / 3 - k)).toEqual([0, 0, 0]);
      for (const { centroids } of candidates) expect(centroids.every(Number.isFinite)).toBe(true);
      expect(grid.rows).toBe(rows.length);
    }
  });

  it("has nothing to offer without rows", () => {
    expect(fitOf({ rows: 0, columns: 3, data: new Float64Array(0) }, [3], 1).candidates).toEqual([]);
  });

  it("refuses NaN rather than learning it", () => {
    expect(() => fitOf(matrixOf([[1], [Number.NaN]]), [2], 1)).toThrow(SketchError);
  });
});

describe.skipIf(!hasOnlineRetail)("createShardFit on Online Retail (needs ../shared)", () => {
  it("sketches exactly the rows, whatever the batches", () => {
    const rows = readPoints("log1p_z");
    const direct = createGrid(3);
    addRows(direct, rows);
    const bytes = serializeGrid(direct);
    for (const batchRows of [rows.rows, 1000, 7]) {
      expect(Buffer.compare(serializeGrid(fitOf(rows, [2], 1, batchRows).grid), bytes)).toBe(0);
    }
  });

  it("repeats itself for a seed, and is near the best known as mini-batch K-Means is", () => {
    const rows = readPoints("log1p_z");
    const level = createLevel(distinctPoints(rows));
    const kRange = [2, 4, 6, 8, 10];
    for (let seed = 1; seed <= 5; seed++) {
      const { candidates } = fitOf(rows, kRange, seed, 500);
      expect(fitOf(rows, kRange, seed, 500).candidates).toEqual(candidates);
      for (const { k, centroids } of candidates) {
        const { inertia } = summarize(level, centroids, k);
        expect(inertia / readFigures("log1p_z", k).inertia).toBeLessThan(1.3);
      }
    }
  });
});
