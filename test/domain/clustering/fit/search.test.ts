import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignNearest } from "../../../../lib/domain/clustering/assign/nearest.ts";
import { lloyd } from "../../../../lib/domain/clustering/fit/lloyd.ts";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { recombine } from "../../../../lib/domain/clustering/fit/recombine.ts";
import { searchUp } from "../../../../lib/domain/clustering/fit/search.ts";
import { seedCentroids } from "../../../../lib/domain/clustering/fit/seed.ts";
import { settle, summarize } from "../../../../lib/domain/clustering/fit/settle.ts";
import { improveBySwaps } from "../../../../lib/domain/clustering/fit/swap.ts";
import {
  createLevel,
  distinctPoints,
  type Level,
  labelLevel,
} from "../../../../lib/domain/clustering/sketch/points.ts";
import type { Matrix } from "../../../../lib/domain/clustering/types.ts";
import { matrixOf } from "../arbitraries.ts";

const NONE = new Float64Array(0);
const TO_THE_END = { maxIterations: 1000, tolerance: 0 };

/** Rows on a lattice, so that ties and repeated rows are frequent. */
const lattice = fc.integer({ min: 1, max: 5 }).chain((columns) =>
  fc.array(
    fc.array(
      fc.integer({ min: -8, max: 8 }).map((v) => v / 4),
      { minLength: columns, maxLength: columns },
    ),
    {
      minLength: 2,
      maxLength: 50,
    },
  ),
);
/** `count` rows around `groups` centroids, from a seed. */
function blobs(count: number, groups: number, columns: number, seed: string): Matrix {
  const random = createRandom(seed);
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from({ length: columns }, (_v, j) => 3 * Math.sin((i % groups) * 2.4 + j * 1.7) + random() + random() - 1),
  );
  return matrixOf(rows);
}
const levelOf = (rows: Matrix): Level => createLevel(distinctPoints(rows));

/** Lloyd as in the textbook, from the same centroids. */
function naiveLloyd(level: Level, start: Float64Array, k: number, steps: number): number {
  const { count, dimensions: d, points, weights } = level;
  const centroids = start.slice();
  for (let step = 0; step < steps; step++) {
    labelLevel(level, centroids, k);
    const mass = new Float64Array(k);
    const sums = new Float64Array(k * d);
    for (let i = 0; i < count; i++) {
      mass[level.labels[i]] += weights[i];
      for (let j = 0; j < d; j++) sums[level.labels[i] * d + j] += weights[i] * points[i * d + j];
    }
    for (let at = 0; at < k * d; at++)
      if (mass[Math.floor(at / d)] > 0) centroids[at] = sums[at] / mass[Math.floor(at / d)];
  }
  return summarize(level, centroids, k).inertia;
}

describe("lloyd", () => {
  it("never raises the cost, whatever the start, and states it rightly", () => {
    fc.assert(
      fc.property(lattice, fc.integer({ min: 1, max: 6 }), fc.string(), (rows, wanted, seed) => {
        const level = levelOf(matrixOf(rows));
        const k = Math.min(wanted, level.count);
        const start = seedCentroids(level, k, NONE, createRandom(seed));
        let cost = summarize(level, start, k).inertia;
        for (let maxIterations = 0; maxIterations < 8; maxIterations++) {
          const solution = lloyd(level, start, k, { maxIterations, tolerance: 0 });
          expect(solution.cost).toBeLessThanOrEqual(cost + 1e-9);
          expect(summarize(level, solution.centroids, k).inertia).toBeLessThanOrEqual(solution.cost + 1e-9);
          cost = solution.cost;
        }
      }),
    );
  });

  it.each([1, 2, 3, 5])("ends where the textbook's ends, bounds or not, in %i dimensions", (columns) => {
    for (const [seed, k] of [
      ["a", 3],
      ["b", 5],
      ["c", 8],
    ] as const) {
      const level = levelOf(blobs(700, 6, columns, seed));
      const start = seedCentroids(level, k, NONE, createRandom(seed));
      const naive = naiveLloyd(level, start, k, 300);
      const { cost } = lloyd(level, start, k, TO_THE_END);
      expect(Math.abs(cost - naive)).toBeLessThan(1e-9 * naive);
    }
  });

  it("puts every centroid to use while there are distinct points", () => {
    const level = levelOf(matrixOf([[0], [1], [2], [50], [51]]));
    const { centroids, cost } = lloyd(level, new Float64Array(5), 5, TO_THE_END);

    expect(cost).toBeCloseTo(0, 9);
    expect([...centroids].sort((a, b) => a - b)).toEqual([0, 1, 2, 50, 51]);
  });
});

describe("swaps, recombination and the search", () => {
  it("swaps never make a solution costlier, and free two centroids on one cluster", () => {
    const level = levelOf(blobs(600, 4, 2, "swap"));
    const stuck = lloyd(level, Float64Array.from([0, 0, 0.01, 0, 0.02, 0, 9, 9]), 4, TO_THE_END);
    const swapped = improveBySwaps(level, stuck, createRandom(1), { patience: 20, trial: TO_THE_END });

    expect(swapped.cost).toBeLessThanOrEqual(stuck.cost);
    expect(swapped.cost).toBeLessThan(600);
  });

  it("recombination gives k centroids inside the data, also from twins", () => {
    const level = levelOf(blobs(300, 5, 3, "recombine"));
    const parent = lloyd(level, seedCentroids(level, 5, NONE, createRandom(2)), 5, TO_THE_END);
    const twins = recombine(level, [parent, parent], 5);

    expect(twins.length).toBe(15);
    expect(summarize(level, twins, 5).inertia).toBeCloseTo(parent.cost, 9);
    expect(recombine(level, [parent, parent], 8).every(Number.isFinite)).toBe(true);
  });

  it("comes within 10 % of the best of all partitions of few rows, and never claims less than it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 4, maxLength: 9 }),
        fc.string(),
        (values, seed) => {
          const level = levelOf(matrixOf(values.map((value) => [value])));
          const k = Math.min(3, level.count - 1);
          if (k < 1) return;
          const [best] = searchUp(level, k, [], [], createRandom(seed));
          const least = bestContiguous(
            values.toSorted((a, b) => a - b),
            k,
          );
          const { inertia } = settle(level, best);
          expect(inertia).toBeGreaterThanOrEqual(least - 1e-9);
          expect(inertia).toBeLessThanOrEqual(1.1 * least + 1e-9);
        },
      ),
      // The search is a heuristic: these cases, and not whatever comes.
      { seed: 20111209, numRuns: 300 },
    );
  });
});

/** On a line the best clusters are intervals: all cuts tried. */
function bestContiguous(sorted: readonly number[], k: number): number {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  if (k === 1) return sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  let best = Number.POSITIVE_INFINITY;
  for (let cut = 1; cut < sorted.length; cut++) {
    best = Math.min(best, bestContiguous(sorted.slice(0, cut), 1) + bestContiguous(sorted.slice(cut), k - 1));
  }
  return sorted.length > 1 ? best : 0;
}

describe("settle", () => {
  it("gives the same bits for one partition, however the centroids were found, named and ordered", () => {
    const level = levelOf(blobs(900, 5, 3, "settle"));
    const found = ["x", "y", "z"].map((seed) => {
      const solution = lloyd(level, seedCentroids(level, 5, NONE, createRandom(seed)), 5, TO_THE_END);
      return improveBySwaps(level, solution, createRandom(seed), { patience: 20, trial: TO_THE_END });
    });
    const turned = {
      ...found[0],
      centroids: Float64Array.from([...found[0].centroids.subarray(6), ...found[0].centroids.subarray(0, 6)]),
    };
    const nudged = { ...found[0], centroids: found[0].centroids.map((value) => value + 1e-12) };
    const settled = [...found, turned, nudged].map((solution) => settle(level, solution));

    for (const one of settled) expect(one).toEqual(settled[0]);
  });
});

describe("nearest", () => {
  it("equals the plain search, ties to the lowest id, with the second nearest", () => {
    fc.assert(
      fc.property(lattice, fc.integer({ min: 1, max: 9 }), (rows, k) => {
        const points = matrixOf(rows);
        const centroids = matrixOf(Array.from({ length: k }, (_, c) => rows[(c * 7) % rows.length]));
        const { labels, nearest, second } = assignNearest(points, centroids);
        rows.forEach((row, i) => {
          const distances = Array.from({ length: k }, (_, c) =>
            row.reduce((sum, value, j) => sum + (value - centroids.data[c * row.length + j]) ** 2, 0),
          );
          const sorted = distances.toSorted((a, b) => a - b);
          expect(labels[i]).toBe(distances.indexOf(sorted[0]));
          expect(nearest[i]).toBe(sorted[0]);
          expect(second[i]).toBe(sorted[1] ?? Number.POSITIVE_INFINITY);
        });
      }),
    );
  });

  it("keeps the digits that ‖x‖² − 2x·c + ‖c‖² cancels", () => {
    const far = 1e8;
    const { labels, nearest } = assignNearest(
      matrixOf([[far, far, far]]),
      matrixOf([
        [far + 2, far, far],
        [far, far + 1, far],
      ]),
    );

    expect([labels[0], nearest[0]]).toEqual([1, 1]);
  });
});
