import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { adjustedRandIndex, bootstrapStability } from "../../../../lib/domain/clustering/judge/stability.ts";
import { matrixOf, repeatRows, weightedCases } from "../arbitraries.ts";

/** Rand index over all pairs of rows, corrected for chance by its expectation under fixed cluster sizes. */
function naiveIndex(a: readonly number[], b: readonly number[]): number {
  let [both, inA, inB, pairs] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [sameA, sameB] = [a[i] === a[j], b[i] === b[j]];
      pairs++;
      if (sameA) inA++;
      if (sameB) inB++;
      if (sameA && sameB) both++;
    }
  }
  const expected = pairs === 0 ? 0 : (inA * inB) / pairs;
  return (inA + inB) / 2 === expected ? 1 : (both - expected) / ((inA + inB) / 2 - expected);
}

const labels = fc.array(fc.tuple(fc.nat(3), fc.nat(2)), { minLength: 1, maxLength: 25 });

describe("adjustedRandIndex", () => {
  it("gives the index worked by hand", () => {
    // Pairs together: both 2, a 2 × C(3, 2) = 6, b C(2, 2) + C(4, 2) = 7, all 15.
    const a = { k: 2, labels: [0, 0, 0, 1, 1, 1] };
    const b = { k: 2, labels: [0, 0, 1, 1, 1, 1] };
    expect(adjustedRandIndex(a, b)).toBeCloseTo((4 - 42 / 15) / (6.5 - 42 / 15), 12);
  });

  it("equals the count over all pairs, in either order, and 1 under other ids", () => {
    fc.assert(
      fc.property(labels, (rows) => {
        const a = { k: 4, labels: rows.map(([one]) => one) };
        const b = { k: 3, labels: rows.map(([, other]) => other) };
        expect(adjustedRandIndex(a, b)).toBeCloseTo(naiveIndex(a.labels, b.labels), 9);
        expect(adjustedRandIndex(b, a)).toBe(adjustedRandIndex(a, b));
        expect(adjustedRandIndex(a, { k: 4, labels: a.labels.map((label) => (label + 1) % 4) })).toBe(1);
      }),
    );
  });

  it("counts a weight as that many rows", () => {
    fc.assert(
      fc.property(weightedCases(1), (one) => {
        const [, , a, b] = repeatRows(one).labellings;
        const weighted = adjustedRandIndex(one.labellings[2], one.labellings[3], one.weights);
        expect(weighted).toBeCloseTo(adjustedRandIndex(a, b), 9);
      }),
    );
  });

  it("refuses partitions of different rows", () => {
    expect(() => adjustedRandIndex({ k: 1, labels: [0] }, { k: 1, labels: [0, 0] })).toThrow(
      expect.objectContaining({ code: "LABELLING" }),
    );
  });
});

describe("bootstrapStability", () => {
  const random = createRandom("stability test");
  /** 40 rows about each of three far corners, and 40 cells of 50 rows each on the same. */
  const corners = Array.from({ length: 120 }, (_, i) => [10 * (i % 3) + random(), (i % 3) ** 2 * 10 + random()]);
  const blobs = { points: matrixOf(corners), weights: new Float64Array(120).fill(1), withinCellInertia: 0 };
  const three = matrixOf([
    [0.5, 0.5],
    [10.5, 10.5],
    [20.5, 40.5],
  ]);

  it("is 1 for blobs far apart, whether rows or heavy cells", () => {
    expect(bootstrapStability(blobs, [three], { random: createRandom(1) })).toEqual([1]);
    const heavy = { ...blobs, weights: new Float64Array(120).fill(50) };
    expect(bootstrapStability(heavy, [three], { random: createRandom(1) })).toEqual([1]);
  });

  it("is low where a partition is arbitrary: a round cloud cut in four", () => {
    const draw = createRandom("cloud");
    const cloud = Array.from({ length: 400 }, () => {
      const [radius, angle] = [Math.sqrt(draw()), 2 * Math.PI * draw()];
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
    const points = { points: matrixOf(cloud), weights: new Float64Array(400).fill(1), withinCellInertia: 0 };
    const four = matrixOf([
      [0.5, 0.5],
      [-0.5, 0.5],
      [0.5, -0.5],
      [-0.5, -0.5],
    ]);
    const [found] = bootstrapStability(points, [four], { random: createRandom(1) });
    expect(found).toBeLessThan(0.8);
    expect(found).toBeGreaterThan(0);
  });

  it("is the same again from the same seed", () => {
    const measure = (seed: number) =>
      bootstrapStability(
        blobs,
        [
          three,
          matrixOf([
            [0, 0],
            [9, 20],
          ]),
        ],
        { random: createRandom(seed) },
      );
    expect(measure(3)).toEqual(measure(3));
  });

  it("takes single points and more centroids than points", () => {
    const one = { points: matrixOf([[1]]), weights: Float64Array.of(1), withinCellInertia: 0 };
    for (const index of bootstrapStability(one, [matrixOf([[1]]), matrixOf([[1], [2]])], { random: createRandom(1) })) {
      expect(index).toBe(1);
    }
  });
});
