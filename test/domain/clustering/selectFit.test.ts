import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addRows, createGrid } from "../../../lib/domain/clustering/grid.ts";
import { mergeGrids } from "../../../lib/domain/clustering/gridLevels.ts";
import { assignNearest } from "../../../lib/domain/clustering/nearest.ts";
import { createRandom } from "../../../lib/domain/clustering/random.ts";
import { selectFit } from "../../../lib/domain/clustering/selectFit.ts";
import { createShardFit } from "../../../lib/domain/clustering/shardFit.ts";
import type { Matrix } from "../../../lib/domain/clustering/types.ts";
import { matrixOf } from "./arbitraries.ts";
import { hasOnlineRetail, readFigures, readPoints } from "./onlineRetail.ts";

const KS = [2, 3, 4, 5, 6, 7, 8, 9, 10];

const pick = ({ columns, data }: Matrix, order: readonly number[]): Matrix =>
  matrixOf(order.map((row) => [...data.subarray(row * columns, row * columns + columns)]));
const indices = (count: number) => Array.from({ length: count }, (_, i) => i);
const slices = (order: readonly number[], count: number) =>
  indices(count).map((s) =>
    order.slice(Math.floor((s * order.length) / count), Math.floor(((s + 1) * order.length) / count)),
  );
const gridOf = (rows: Matrix) => {
  const grid = createGrid(rows.columns);
  addRows(grid, rows);
  return grid;
};
/** The worker's part for every shard, then the choice among all of it. */
function fitShards(shards: readonly Matrix[], kRange: readonly number[], seed: number, exactRows?: Matrix) {
  const fits = shards.map((rows, shard) => {
    const fit = createShardFit({ dimensions: rows.columns, kRange, seed: `${seed}/${shard}` });
    fit.addBatch(rows);
    return fit.finish();
  });
  return selectFit({
    grid: mergeGrids(fits.map(({ grid }) => grid)),
    candidates: fits.flatMap(({ candidates }) => candidates),
    kRange,
    seed,
    ...(exactRows === undefined ? {} : { exactRows, searches: 2 }),
  }).partitions;
}

describe("selectFit", () => {
  it("caps k at the distinct rows, and then costs nothing", () => {
    const rows = matrixOf([
      [0, 0],
      [0, 0],
      [1, 5],
      [2, -1],
      [2, -1],
    ]);
    const partitions = fitShards([rows], [2, 3, 8], 1, rows);
    expect(partitions.map(({ k }) => k)).toEqual([2, 3]);
    expect(partitions[1].inertia).toBe(0);
    expect([...partitions[1].sizes].sort()).toEqual([1, 2, 2]);
  });

  it("finds one cluster where all customers are identical", () => {
    const rows = matrixOf(indices(50).map(() => [0.25, -1, 3]));
    for (const exact of [rows, undefined]) {
      const partitions = fitShards([rows], [3, 4, 5], 1, exact);
      expect(partitions.map(({ k, sizes }) => [k, ...sizes])).toEqual([[1, 50]]);
      expect(partitions[0].centroids.data[0]).toBeCloseTo(0.25, 4);
    }
  });

  it("gives one 10⁹ outlier a cluster of its own and still separates the others", () => {
    const rows = matrixOf([...indices(100).map((i) => [i % 2 === 0 ? 0 : 1, 0.001 * i]), [1e9, 0]]);
    const [fitted] = fitShards([rows], [3], 5, rows);
    expect([...fitted.sizes]).toEqual([50, 50, 1]);
    expect(fitted.centroids.data[4]).toBe(1e9);
  });

  it("covers every row once, with every cluster in use and inertia never rising with k", () => {
    // Multiples of 1/1024: never so near that a squared distance underflows.
    const coordinate = fc.integer({ min: -6000, max: 6000 }).map((x) => x / 1024);
    const row = fc.array(coordinate, { minLength: 2, maxLength: 2 });
    const matrices = fc.array(row, { minLength: 1, maxLength: 60 }).map(matrixOf);
    fc.assert(
      fc.property(matrices, fc.integer(), fc.boolean(), (rows, seed, exact) => {
        const partitions = fitShards([rows], [1, 2, 3, 4], seed, exact ? rows : undefined);
        let before = Number.POSITIVE_INFINITY;
        for (const { k, sizes, inertia, centroids } of partitions) {
          expect(sizes.length).toBe(k);
          expect(Math.min(...sizes)).toBeGreaterThan(0);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(rows.rows);
          expect(inertia).toBeLessThanOrEqual(before * (1 + 1e-9) + 1e-12);
          before = inertia;
          if (!exact) continue;
          const labels = assignNearest(rows, centroids).labels;
          expect(sizes.map((_, c) => labels.filter((label) => label === c).length)).toEqual([...sizes]);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe.skipIf(!hasOnlineRetail)("selectFit on Online Retail (needs ../shared)", () => {
  const rows = hasOnlineRetail ? readPoints("log1p_z") : matrixOf([[0]]);
  const byRecency = indices(rows.rows).sort((a, b) => rows.data[a * 3] - rows.data[b * 3]);
  const bestKnown = (k: number) => (k === 4 ? 3924.913 : readFigures("log1p_z", k).inertia);
  const ratios = (partitions: ReturnType<typeof fitShards>) =>
    partitions.map(({ k, inertia }) => inertia / bestKnown(k)).filter((ratio) => !(ratio <= 1.0005));

  it.each([1, 4])(
    "is within 1.0005 of the best known for k = 2..10 and 20 seeds from %i shards sorted by recency",
    (count) => {
      const shards = slices(byRecency, count).map((order) => pick(rows, order));
      for (let seed = 1; seed <= 20; seed++) expect(ratios(fitShards(shards, KS, seed, rows))).toEqual([]);
    },
    180_000,
  );

  it("is as good from shuffled shards, and from the grid alone within its cells' resolution", () => {
    const random = createRandom("shuffle");
    const shuffled = indices(rows.rows).map((row) => ({ row, key: random() }));
    const order = shuffled.sort((a, b) => a.key - b.key).map(({ row }) => row);
    const shards = slices(order, 7).map((part) => pick(rows, part));
    expect(ratios(fitShards(shards, KS, 3, pick(rows, order)))).toEqual([]);
    for (const { k, centroids } of fitShards(shards, KS, 3)) {
      const inertia = assignNearest(rows, centroids).nearest.reduce((sum, distance) => sum + distance, 0);
      expect(inertia / bestKnown(k)).toBeLessThan(1.003);
    }
  });

  it("gives equal bits for any order of the rows and any sharding, given equal candidates", () => {
    const fitOf = (order: readonly number[], count: number) =>
      selectFit({
        grid: mergeGrids(slices(order, count).map((part) => gridOf(pick(rows, part)))),
        candidates: [],
        kRange: [3, 6],
        seed: 9,
        exactRows: pick(rows, order),
      }).partitions;
    const whole = fitOf(indices(rows.rows), 1);
    expect(fitOf(byRecency, 8)).toEqual(whole);
    expect(fitOf([...byRecency].reverse(), 3)).toEqual(whole);
  });
});
