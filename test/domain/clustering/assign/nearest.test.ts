import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignNearest, nearestLabels } from "../../../../lib/domain/clustering/assign/nearest.ts";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { matrixOf } from "../arbitraries.ts";

describe("assignNearest", () => {
  it("finds nearest and second nearest for any number of features, ties to the lowest id", () => {
    const value = fc.integer({ min: -4, max: 4 });
    const shape = fc.record({ d: fc.integer({ min: 1, max: 5 }), k: fc.integer({ min: 1, max: 9 }) });
    const matrices = shape.chain(({ d, k }) => {
      const row = fc.array(value, { minLength: d, maxLength: d });
      return fc.tuple(fc.array(row, { minLength: 1, maxLength: 20 }), fc.array(row, { minLength: k, maxLength: k }));
    });
    fc.assert(
      fc.property(matrices, ([rows, centroids]) => {
        const { labels, nearest, second } = assignNearest(matrixOf(rows), matrixOf(centroids));
        rows.forEach((row, i) => {
          const distances = centroids.map((centroid) => centroid.reduce((sum, x, j) => sum + (row[j] - x) ** 2, 0));
          const sorted = [...distances].sort((a, b) => a - b);
          expect(labels[i]).toBe(distances.indexOf(sorted[0]));
          expect(nearest[i]).toBe(sorted[0]);
          expect(second[i]).toBe(sorted[1] ?? Number.POSITIVE_INFINITY);
        });
      }),
    );
  });

  it("gives a plain loop's labels and distances to the last bit in three dimensions, for any k", () => {
    const value = fc.oneof(fc.double({ min: -8, max: 8, noNaN: true }), fc.integer({ min: -2, max: 2 }));
    const row = fc.tuple(value, value, value);
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.array(row, { minLength: 1, maxLength: 40 }),
        (rows, centroids) => {
          const { labels, nearest, second } = assignNearest(matrixOf(rows), matrixOf(centroids));
          expect(nearestLabels(matrixOf(rows), matrixOf(centroids))).toEqual(labels);
          rows.forEach(([x, y, z], i) => {
            let [label, best, next] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
            centroids.forEach(([cx, cy, cz], c) => {
              const distance = (x - cx) * (x - cx) + (y - cy) * (y - cy) + (z - cz) * (z - cz);
              if (distance < best) [label, best, next] = [c, distance, best];
              else if (distance < next) next = distance;
            });
            expect([labels[i], nearest[i], second[i]]).toEqual([label, best, next]);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives the same whatever the number of rows is to that of a block", () => {
    const random = createRandom(5);
    const matrix = (rows: number) => ({
      rows,
      columns: 3,
      data: Float64Array.from({ length: rows * 3 }, () => random()),
    });
    const centroids = matrix(7);
    for (const rows of [0, 4_095, 4_096, 4_097, 9_000]) {
      const many = matrix(rows);
      const one = Array.from({ length: rows }, (_, i) =>
        assignNearest({ rows: 1, columns: 3, data: many.data.slice(i * 3, i * 3 + 3) }, centroids),
      );
      const { labels, nearest, second } = assignNearest(many, centroids);
      expect([...labels]).toEqual(one.map((single) => single.labels[0]));
      expect([...nearest]).toEqual(one.map((single) => single.nearest[0]));
      expect([...second]).toEqual(one.map((single) => single.second[0]));
      expect(nearestLabels(many, centroids)).toEqual(labels);
    }
  });

  it("knows a centroid by its id up to 255", () => {
    const centroids = matrixOf(Array.from({ length: 256 }, (_, c) => [c, 0, 0]));
    const { labels, nearest, second } = assignNearest(centroids, centroids);
    expect([...labels]).toEqual(Array.from({ length: 256 }, (_, c) => c));
    expect([new Set(nearest), new Set(second)]).toEqual([new Set([0]), new Set([1])]);
  });

  it("keeps its digits far from the origin, where the expanded square has none left", () => {
    const far = 1e9;
    for (const tail of [[], [0], [0, 0, 0]]) {
      const rows = matrixOf([[far, far, ...tail]]);
      const { labels, nearest } = assignNearest(
        rows,
        matrixOf([
          [far + 2, far, ...tail],
          [far + 1, far, ...tail],
        ]),
      );
      expect([labels[0], nearest[0]]).toEqual([1, 1]);
    }
  });
});
