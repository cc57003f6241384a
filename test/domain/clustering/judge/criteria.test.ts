import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { describeBasis, measurePartitions } from "../../../../lib/domain/clustering/judge/criteria.ts";
import { matrixOf, repeatRows, weightedCases } from "../arbitraries.ts";
import { type Features, hasOnlineRetail, readFigures, readLabels, readPoints } from "../onlineRetail.ts";

const KS = [2, 3, 4, 5, 6, 7, 8, 9, 10];
const random = () => 0.5;

function unitWeights(points: ReturnType<typeof matrixOf>) {
  return { points, weights: new Float64Array(points.rows).fill(1), withinCellInertia: 0 };
}

/** Fails beyond a relative difference of 10⁻⁹, a thousandth of what the figures are meant to hold to. */
function expectRatio(found: number, expected: number): void {
  expect(Math.abs(found / expected - 1)).toBeLessThan(1e-9);
}

describe("measurePartitions", () => {
  it("gives the figures worked by hand", () => {
    const points = unitWeights(matrixOf([[0], [2], [10], [14]]));
    const [found] = measurePartitions(points, [{ k: 2, labels: [0, 0, 1, 1] }], { random });
    // Means 1 and 12, overall 6.5; W = 2 + 8, B = 2 · 5.5² · 2 = 121.
    expect(found).toMatchObject({ k: 2, inertia: 10, smallestCluster: 2, basis: "exact" });
    expect(found.calinskiHarabasz).toBeCloseTo(121 / (10 / 2), 12);
    expect(found.daviesBouldin).toBeCloseTo((1 + 2) / 11, 12);
    // Mean squared distances: own 4, 4, 16, 16; other (100 + 196)/2, (64 + 144)/2, (100 + 64)/2, (196 + 144)/2.
    const squared = (1 - 4 / 148 + 1 - 4 / 104 + 1 - 16 / 82 + 1 - 16 / 170) / 4;
    expect(found.silhouetteSquared).toBeCloseTo(squared, 12);
    expect(describeBasis(found)).toBe("exact");
  });

  it("gives 0 to everything that compares clusters when there is only one", () => {
    const [found] = measurePartitions(unitWeights(matrixOf([[0], [3]])), [{ k: 2, labels: [0, 0] }], { random });
    expect(found).toMatchObject({ silhouette: 0, silhouetteSquared: 0, calinskiHarabasz: 0, daviesBouldin: 0 });
    expect(found.smallestCluster).toBe(0);
  });

  it("stays finite where clusters coincide or have no spread", () => {
    const same = unitWeights(matrixOf([[1], [1], [1], [1]]));
    const apart = unitWeights(matrixOf([[1], [1], [5], [5]]));
    const labellings = [{ k: 2, labels: [0, 0, 1, 1] }];
    for (const points of [same, apart]) {
      for (const value of Object.values(measurePartitions(points, labellings, { random })[0])) {
        expect(typeof value === "string" || Number.isFinite(value)).toBe(true);
      }
    }
    expect(measurePartitions(apart, labellings, { random })[0]).toMatchObject({ silhouette: 1, silhouetteSquared: 1 });
  });

  it("is the same for weighted points as for repeated rows", () => {
    fc.assert(
      fc.property(weightedCases(3), (one) => {
        const weighted = measurePartitions({ ...one, withinCellInertia: 0 }, one.labellings, { random });
        const rows = repeatRows(one);
        const repeated = measurePartitions(unitWeights(rows.points), rows.labellings, { random });
        weighted.forEach((found, l) => {
          expect(found.smallestCluster).toBe(repeated[l].smallestCluster);
          for (const name of ["inertia", "silhouette", "silhouetteSquared", "daviesBouldin"] as const) {
            expect(found[name]).toBeCloseTo(repeated[l][name], 6);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it("adds the spread inside cells to the inertia and takes it into the squared silhouette", () => {
    const rows = unitWeights(matrixOf([[-1], [1], [-1], [1], [9], [11], [9], [11]]));
    const cells = { points: matrixOf([[0], [10]]), weights: Float64Array.of(4, 4), withinCellInertia: 8 };
    const [exact] = measurePartitions(rows, [{ k: 2, labels: [0, 0, 0, 0, 1, 1, 1, 1] }], { random });
    const [grid] = measurePartitions(cells, [{ k: 2, labels: [0, 1] }], { random });
    expect(grid.inertia).toBe(exact.inertia);
    expect(grid.calinskiHarabasz).toBe(exact.calinskiHarabasz);
    expect(grid.basis).toBe("grid");
    expect(Math.abs(grid.silhouetteSquared - exact.silhouetteSquared)).toBeLessThan(0.002);
    expect(grid.silhouetteSquared).toBeLessThan(0.98);
  });
});

describe.skipIf(!hasOnlineRetail)("measurePartitions on Online Retail (skipped without the reference figures)", () => {
  it.each<Features>(["log1p_z", "plain_z"])("equals scikit-learn for k = 2..10, %s", (features) => {
    const points = unitWeights(readPoints(features));
    const labellings = KS.map((k) => ({ k, labels: readLabels(features, k) }));
    for (const found of measurePartitions(points, labellings, { random })) {
      const expected = readFigures(features, found.k);
      expectRatio(found.silhouette, expected.silhouette);
      expectRatio(found.calinskiHarabasz, expected.calinski_harabasz);
      expectRatio(found.daviesBouldin, expected.davies_bouldin);
      // The reference's inertia is to its centroids one step before the labels' own means: never below ours.
      expect(found.inertia / expected.inertia).toBeLessThan(1 + 1e-12);
      expect(found.inertia / expected.inertia).toBeGreaterThan(1 - 5e-5);
    }
  });

  it("comes within 0.01 from a sample of 2,000 rows, which it reports", () => {
    const points = unitWeights(readPoints("log1p_z"));
    const labellings = KS.map((k) => ({ k, labels: readLabels("log1p_z", k) }));
    const options = { random: createRandom(7), maxSilhouettePoints: 2000 };
    for (const found of measurePartitions(points, labellings, options)) {
      expect(Math.abs(found.silhouette - readFigures("log1p_z", found.k).silhouette)).toBeLessThan(0.01);
      expect(describeBasis(found)).toBe("exact, silhouette on a stratified sample of 2,000 rows");
    }
  });
});
