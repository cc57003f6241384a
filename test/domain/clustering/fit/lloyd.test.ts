import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lloyd } from "../../../../lib/domain/clustering/fit/lloyd.ts";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { seedCentroids } from "../../../../lib/domain/clustering/fit/seed.ts";
import { settle, summarize } from "../../../../lib/domain/clustering/fit/settle.ts";
import { improveBySwaps } from "../../../../lib/domain/clustering/fit/swap.ts";
import {
  createLevel,
  distinctPoints,
  type Level,
  labelLevel,
} from "../../../../lib/domain/clustering/sketch/points.ts";
import { matrixOf } from "../arbitraries.ts";

const NONE = new Float64Array(0);
const TO_THE_END = { maxIterations: 500, tolerance: 0 };

/** Rows of 1 to 4 features, some of them equal, and a k that they can carry. */
const cases = fc
  .record({ width: fc.integer({ min: 1, max: 4 }), seed: fc.integer(), k: fc.integer({ min: 1, max: 6 }) })
  .chain(({ width, seed, k }) => {
    // Multiples of 1/1024: points coincide or are apart, never so near that a squared distance underflows.
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.integer({ min: -5000, max: 5000 }).map((x) => x / 1024),
    );
    const row = fc.array(value, { minLength: width, maxLength: width });
    return fc.array(row, { minLength: 1, maxLength: 60 }).map((rows) => {
      const level = createLevel(distinctPoints(matrixOf(rows)));
      return { rows, level, k: Math.min(k, level.count), random: createRandom(seed) };
    });
  });

/** Cost of centroids as Lloyd's definition has it, point by point. */
function costOf(level: Level, centroids: Float64Array, k: number): number {
  return summarize(level, centroids, k).inertia;
}

/** Textbook Lloyd: label all, move all, until the labels stay. Undefined when a centroid loses all its points. */
function textbook(level: Level, start: Float64Array, k: number): number | undefined {
  const d = level.dimensions;
  const centroids = start.slice();
  let before = "";
  for (;;) {
    labelLevel(level, centroids, k);
    const labels = level.labels.join();
    if (labels === before) return costOf(level, centroids, k);
    before = labels;
    for (let c = 0; c < k; c++) {
      const members = [...level.labels.keys()].filter((i) => level.labels[i] === c);
      const mass = members.reduce((sum, i) => sum + level.weights[i], 0);
      if (mass === 0) return undefined;
      for (let j = 0; j < d; j++) {
        centroids[c * d + j] = members.reduce((sum, i) => sum + level.weights[i] * level.points[i * d + j], 0) / mass;
      }
    }
  }
}

describe("distinctPoints", () => {
  it("counts equal rows and does not depend on their order", () => {
    const a = distinctPoints(
      matrixOf([
        [2, 1],
        [0, 5],
        [2, 1],
        [-0, 5],
        [1, 1],
      ]),
    );
    const b = distinctPoints(
      matrixOf([
        [0, 5],
        [1, 1],
        [2, 1],
        [0, 5],
        [2, 1],
      ]),
    );
    expect([...a.points.data]).toEqual([...b.points.data]);
    expect([...a.weights]).toEqual([2, 1, 2]);
  });
});

describe("lloyd", () => {
  it("never raises the cost from one iteration to the next, and ends where the bounds cut nothing short", () => {
    fc.assert(
      fc.property(cases, ({ level, k, random }) => {
        const start = seedCentroids(level, k, NONE, random);
        let before = costOf(level, start, k);
        for (let maxIterations = 0; maxIterations < 8; maxIterations++) {
          const { centroids } = lloyd(level, start, k, { maxIterations, tolerance: 0 });
          const cost = costOf(level, centroids, k);
          expect(cost).toBeLessThanOrEqual(before * (1 + 1e-12) + 1e-12);
          before = cost;
        }
      }),
    );
  });

  it("reports the cost that its centroids have", () => {
    fc.assert(
      fc.property(cases, ({ level, k, random }) => {
        const { centroids, cost } = lloyd(level, seedCentroids(level, k, NONE, random), k, TO_THE_END);
        expect(Math.abs(cost - costOf(level, centroids, k))).toBeLessThan(1e-9 * (1 + level.squares));
      }),
    );
  });

  it("ends no costlier than textbook Lloyd from the same start on data without ties", () => {
    const random = createRandom("textbook");
    for (let run = 0; run < 60; run++) {
      const rows = Array.from({ length: 150 }, () =>
        [random() * 4, random() * 2, random(), random()].slice(0, 2 + (run % 3)),
      );
      const level = createLevel(distinctPoints(matrixOf(rows)));
      const k = 2 + (run % 7);
      const start = seedCentroids(level, k, NONE, random);
      const expected = textbook(level, start, k);
      if (expected === undefined) continue;
      expect(costOf(level, lloyd(level, start, k, TO_THE_END).centroids, k)).toBeCloseTo(expected, 9);
    }
  });

  it("keeps all k centroids in use, even when all of them start on one spot", () => {
    fc.assert(
      fc.property(cases, ({ level, k }) => {
        const start = new Float64Array(k * level.dimensions).fill(40);
        const { sizes } = settle(level, lloyd(level, start, k, TO_THE_END));
        expect(Math.min(...sizes)).toBeGreaterThan(0);
      }),
    );
  });
});

describe("seedCentroids", () => {
  it("draws k different points of the level, and keeps given centroids", () => {
    fc.assert(
      fc.property(cases, ({ level, k, random }) => {
        const d = level.dimensions;
        const centroids = seedCentroids(level, k, NONE, random);
        const texts = Array.from({ length: k }, (_, c) => centroids.slice(c * d, c * d + d).join());
        expect(new Set(texts).size).toBe(k);
        const points = Array.from({ length: level.count }, (_, i) => level.points.slice(i * d, i * d + d).join());
        for (const text of texts) expect(points).toContain(text);
        const given = centroids.slice(0, d);
        expect([...seedCentroids(level, k, given, random).slice(0, d)]).toEqual([...given]);
      }),
    );
  });
});

describe("improveBySwaps", () => {
  it("never returns anything costlier", () => {
    fc.assert(
      fc.property(cases, ({ level, k, random }) => {
        const from = lloyd(level, seedCentroids(level, k, NONE, random), k, { maxIterations: 1, tolerance: 0 });
        const options = { patience: 5, trial: { maxIterations: 4, tolerance: 1e-3 } };
        const { centroids } = improveBySwaps(level, from, random, options);
        expect(costOf(level, centroids, k)).toBeLessThanOrEqual(from.cost * (1 + 1e-9) + 1e-9);
      }),
    );
  });

  it("moves a centroid from a crowded group to one without, which Lloyd alone cannot", () => {
    const random = createRandom("groups");
    const groups = [0, 100, 200, 300];
    const rows = groups.flatMap((at) => Array.from({ length: 50 }, () => [at + random(), random()]));
    const level = createLevel(distinctPoints(matrixOf(rows)));
    // Two centroids in the first group, one between the last two.
    const stuck = lloyd(level, Float64Array.from([0.2, 0.5, 0.8, 0.5, 100, 0.5, 250, 0.5]), 4, TO_THE_END);
    expect(stuck.cost).toBeGreaterThan(100_000);
    const improved = improveBySwaps(level, stuck, random, { patience: 8, trial: TO_THE_END });
    expect(improved.cost).toBeLessThan(100);
  });
});

describe("settle", () => {
  it("ends in a fixed point over the rows whose sizes and inertia are those of the rows", () => {
    fc.assert(
      fc.property(cases, ({ rows, level, k, random }) => {
        const fitted = settle(level, lloyd(level, seedCentroids(level, k, NONE, random), k, TO_THE_END));
        expect(fitted.sizes.reduce((sum, size) => sum + size, 0)).toBe(rows.length);
        const distances = rows.map((row) =>
          Array.from({ length: k }, (_, c) =>
            row.reduce((sum, x, j) => sum + (x - fitted.centroids.data[c * row.length + j]) ** 2, 0),
          ),
        );
        const inertia = distances.reduce((sum, d) => sum + Math.min(...d), 0);
        expect(Math.abs(fitted.inertia - inertia)).toBeLessThan(1e-9 * (1 + inertia));
        distances
          .map((d) => d.indexOf(Math.min(...d)))
          .forEach((label, i, labels) => {
            const members = rows.filter((_, other) => labels[other] === label);
            const mean = members.reduce((sum, row) => sum + row[0], 0) / members.length;
            expect(fitted.centroids.data[label * rows[i].length]).toBeCloseTo(mean, 9);
          });
      }),
    );
  });

  it("gives the same bits for the same partition, however its centroids came", () => {
    const level = createLevel(distinctPoints(matrixOf([[0.1], [0.3], [5.7], [5.9], [9.1]])));
    const one = settle(level, { k: 3, centroids: Float64Array.of(0.2, 5.8, 9), cost: 0 });
    const other = settle(level, { k: 3, centroids: Float64Array.of(9.3, 0, 5.5), cost: 0 });
    expect(other).toEqual(one);
    expect([...one.sizes]).toEqual([2, 2, 1]);
  });
});
