import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import {
  type Labelling,
  meanSilhouettes,
  stratifiedSample,
} from "../../../../lib/domain/clustering/judge/silhouette.ts";
import type { Matrix } from "../../../../lib/domain/clustering/types.ts";
import { matrixOf, repeatRows, weightedCases } from "../arbitraries.ts";

/** Rousseeuw's definition word for word, row by row. */
function naiveSilhouette({ rows, columns, data }: Matrix, { k, labels }: Labelling): number {
  const distance = (i: number, j: number) =>
    Math.hypot(...Array.from({ length: columns }, (_, c) => data[i * columns + c] - data[j * columns + c]));
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const means = Array.from({ length: k }, (_, c) => {
      const others = [...Array(rows).keys()].filter((j) => j !== i && labels[j] === c);
      return others.length === 0 ? null : others.reduce((sum, j) => sum + distance(i, j), 0) / others.length;
    });
    const own = means[labels[i]];
    const nearest = Math.min(...means.flatMap((mean, c) => (c === labels[i] || mean === null ? [] : [mean])));
    if (own === null || nearest === Number.POSITIVE_INFINITY) continue;
    if (Math.max(own, nearest) > 0) total += (nearest - own) / Math.max(own, nearest);
  }
  return total / rows;
}

describe("meanSilhouettes", () => {
  it("gives the silhouette worked by hand", () => {
    const points = matrixOf([[0], [1], [4], [6]]);
    // s = 1 − 1/5, 1 − 1/4, 1 − 2/3.5, 1 − 2/5.5.
    const expected = (4 / 5 + 3 / 4 + 3 / 7 + 7 / 11) / 4;
    const [found] = meanSilhouettes(points, new Float64Array(4).fill(1), [{ k: 2, labels: [0, 0, 1, 1] }]);
    expect(found).toBeCloseTo(expected, 14);
  });

  it("counts clusters of one row as 0, leaves empty clusters out and gives 0 for one cluster", () => {
    const points = matrixOf([[0], [1], [10]]);
    const ones = new Float64Array(3).fill(1);
    const found = meanSilhouettes(points, ones, [
      { k: 4, labels: [3, 3, 1] },
      { k: 2, labels: [1, 1, 1] },
      { k: 3, labels: [0, 1, 2] },
    ]);
    expect(found[0]).toBeCloseTo((9 / 10 + 8 / 9 + 0) / 3, 14);
    expect([found[1], found[2]]).toEqual([0, 0]);
  });

  it("gives 0, not NaN, where all points are the same", () => {
    const points = matrixOf([[2], [2], [2], [2]]);
    expect([...meanSilhouettes(points, new Float64Array(4).fill(1), [{ k: 2, labels: [0, 1, 0, 1] }])]).toEqual([0]);
  });

  it.each([1, 3, 5])("equals the definition on repeated rows, %d columns, all partitions in one pass", (columns) => {
    fc.assert(
      fc.property(weightedCases(columns), (one) => {
        const found = meanSilhouettes(one.points, one.weights, one.labellings);
        const rows = repeatRows(one);
        rows.labellings.forEach((labelling, l) => {
          expect(found[l]).toBeCloseTo(naiveSilhouette(rows.points, labelling), 9);
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each([[[0, 1, 2]], [[0, 1, -1]], [[0, 1, 0.5]], [[0, 1, Number.NaN]], [[0, 1]]])(
    "refuses the labels %j for three points in two clusters",
    (labels) => {
      const points = matrixOf([[0], [1], [2]]);
      expect(() => meanSilhouettes(points, new Float64Array(3).fill(1), [{ k: 2, labels }])).toThrow(
        expect.objectContaining({ code: "LABELLING" }),
      );
    },
  );
});

describe("stratifiedSample", () => {
  it("draws the size asked for and keeps every joint stratum's share to within a row", () => {
    fc.assert(
      fc.property(weightedCases(1), fc.integer({ min: 1, max: 40 }), fc.integer(), (one, size, seed) => {
        const counts = stratifiedSample(one.weights, one.labellings, size, createRandom(seed));
        const total = one.weights.reduce((sum, weight) => sum + weight, 0);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(size);
        const strata = new Map<string, { weight: number; drawn: number }>();
        counts.forEach((count, i) => {
          const key = one.labellings.map(({ labels }) => labels[i]).join();
          const stratum = strata.get(key) ?? { weight: 0, drawn: 0 };
          strata.set(key, { weight: stratum.weight + one.weights[i], drawn: stratum.drawn + count });
        });
        for (const { weight, drawn } of strata.values()) {
          expect(Math.abs(drawn - (size * weight) / total)).toBeLessThan(1 + 1e-9);
        }
      }),
    );
  });
});
