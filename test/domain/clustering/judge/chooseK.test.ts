import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseK, smallestAllowed } from "../../../../lib/domain/clustering/judge/chooseK.ts";
import { measurePartitions } from "../../../../lib/domain/clustering/judge/criteria.ts";
import { kneeDepths } from "../../../../lib/domain/clustering/judge/knee.ts";
import type { KCriteria } from "../../../../lib/domain/clustering/types.ts";
import { type Features, hasOnlineRetail, readLabels, readPoints } from "../onlineRetail.ts";

function criteriaOf(k: number, given: Partial<KCriteria> = {}): KCriteria {
  return {
    k,
    inertia: 1000 / k,
    silhouette: 0.3,
    silhouetteSquared: 0.5,
    calinskiHarabasz: 100,
    daviesBouldin: 1,
    smallestCluster: 1000,
    basis: "exact",
    ...given,
  };
}

const CUSTOMERS = { customers: 10_000 };

describe("smallestAllowed", () => {
  it("is 1 % of many customers, 30 of a few thousand, and a third of the average cluster of fewer", () => {
    expect(smallestAllowed(5, 10_001)).toBe(101);
    expect(smallestAllowed(5, 2_000)).toBe(30);
    expect(smallestAllowed(10, 600)).toBe(20);
    expect(smallestAllowed(3, 10)).toBe(1);
    expect(smallestAllowed(3, 0)).toBe(1);
  });

  it("never exceeds the average cluster, for any k up to 12: equal clusters are always allowed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1e7 }), (k, perCluster) => {
        expect(smallestAllowed(k, k * perCluster)).toBeLessThanOrEqual(perCluster);
      }),
    );
  });
});

describe("chooseK after another model", () => {
  /** ln inertia bends by these depths under a straight line; the first and the last k have none. */
  const bent = (depths: readonly number[]) =>
    depths.map((depth, at) => criteriaOf(3 + at, { inertia: 1000 * Math.exp(-0.2 * at - depth) }));
  const chosen = (depths: readonly number[], previousK?: number) => chooseK(bent(depths), { ...CUSTOMERS, previousK });

  it("keeps its number of clusters while the bend there is nearly the deepest, and says so", () => {
    expect(chosen([0, 0.1, 0.12, 0.115, 0]).k).toBe(5);
    const kept = chosen([0, 0.1, 0.12, 0.115, 0], 6);
    expect(kept).toMatchObject({ k: 6, reason: "pragmatic segments" });
    expect(kept.explanation).toContain("kept from the model before");
    expect(kept.explanation).toContain("0.115 under the straight line in ln inertia against 0.120 at k = 5");
  });

  it("leaves it where another bend is clearly deeper, or where it was not fitted", () => {
    expect(chosen([0, 0.1, 0.12, 0.115, 0], 4).k).toBe(5);
    expect(chosen([0, 0.1, 0.12, 0.115, 0], 9).k).toBe(5);
    expect(chosen([0, -0.1, -0.12, -0.115, 0], 5).k).toBe(3);
  });

  it("leaves it where a cluster has become too small, and for clear structure", () => {
    const small = bent([0, 0.1, 0.12, 0.115, 0]).map((one) => (one.k === 6 ? { ...one, smallestCluster: 3 } : one));
    expect(chooseK(small, { ...CUSTOMERS, previousK: 6 }).k).toBe(5);
    const clear = bent([0, 0.1, 0.12, 0.115, 0]).map((one) => (one.k === 4 ? { ...one, silhouetteSquared: 0.8 } : one));
    expect(chooseK(clear, { ...CUSTOMERS, previousK: 6 })).toMatchObject({ k: 4, reason: "clear structure" });
  });
});

describe("kneeDepths", () => {
  it("measures ln inertia against the chord, uneven k included", () => {
    const criteria = [3, 4, 7].map((k, i) => criteriaOf(k, { inertia: Math.exp([8, 6, 4][i]) }));
    const depths = kneeDepths(criteria);
    expect(depths[0]).toBeCloseTo(0, 12);
    expect(depths[1]).toBeCloseTo(1, 12);
    expect(depths[2]).toBeCloseTo(0, 12);
  });

  it("stays finite where a partition leaves no inertia, or there is but one", () => {
    expect(kneeDepths([criteriaOf(2), criteriaOf(3, { inertia: 0 })]).every(Number.isFinite)).toBe(true);
    expect(kneeDepths([criteriaOf(2, { inertia: 0 }), criteriaOf(3, { inertia: 0 })])).toEqual([0, 0]);
    expect(kneeDepths([criteriaOf(4)])).toEqual([0]);
  });
});

describe("chooseK", () => {
  it("takes the best squared silhouette from 0.70 on, ties to the lowest k, whatever the order given", () => {
    const criteria = [0.4, 0.72, 0.72, 0.71].map((silhouetteSquared, i) => criteriaOf(i + 3, { silhouetteSquared }));
    const found = chooseK(criteria.reverse(), CUSTOMERS);
    expect(found).toMatchObject({ k: 4, reason: "clear structure", dropped: [], naturalClusters: true });
    expect(found.explanation).toContain("0.72");
  });

  it("takes the knee just below 0.70, and does not print it as 0.70", () => {
    const heights = [5, 4, 3.9, 3.8];
    const criteria = heights.map((height, i) =>
      criteriaOf(i + 3, { inertia: Math.exp(height), silhouetteSquared: i === 3 ? 0.6999 : 0.5 }),
    );
    const found = chooseK(criteria, CUSTOMERS);
    expect(found).toMatchObject({ k: 4, reason: "pragmatic segments" });
    expect(found.explanation).toContain("best squared silhouette 0.69 at k = 6");
  });

  it("drops every k with a small cluster, even a clear one, and says why", () => {
    const criteria = [criteriaOf(3), criteriaOf(4, { silhouetteSquared: 0.9, smallestCluster: 99 }), criteriaOf(5)];
    const found = chooseK(criteria, CUSTOMERS);
    expect(found.k).not.toBe(4);
    expect(found.dropped).toEqual([{ k: 4, why: "smallest cluster has 99 customers (0.99%), under the least of 100" }]);
    expect(found.explanation).toContain("Left out: k = 4 (smallest cluster has 99 customers");
  });

  it("falls back on the largest smallest cluster when every k has too small a one", () => {
    const criteria = [5, 20, 20].map((smallestCluster, i) => criteriaOf(i + 3, { smallestCluster }));
    const found = chooseK(criteria, CUSTOMERS);
    expect(found).toMatchObject({ k: 4, reason: "least lopsided" });
    expect(found.dropped.map(({ k }) => k)).toEqual([3, 4, 5]);
  });

  it("takes the lowest k left when the curve has no bend", () => {
    const concave = [8, 7.9, 7].map((height, i) => criteriaOf(i + 3, { inertia: Math.exp(height) }));
    expect(chooseK(concave, CUSTOMERS)).toMatchObject({ k: 3, reason: "pragmatic segments" });
    const found = chooseK([criteriaOf(3), criteriaOf(4)], CUSTOMERS);
    expect(found.k).toBe(3);
    expect(found.explanation).toContain("no bend");
  });

  it("obeys a k set by hand, with a warning for a small cluster", () => {
    const criteria = [criteriaOf(3, { silhouetteSquared: 0.9 }), criteriaOf(4, { smallestCluster: 2 })];
    const found = chooseK(criteria, { ...CUSTOMERS, requestedK: 4 });
    expect(found).toMatchObject({ k: 4, reason: "set by hand", dropped: [] });
    expect(found.explanation).toBe(
      "k = 4 was set by hand. Mind that its smallest cluster has 2 customers (0.02%), under the least of 100.",
    );
  });

  it("says so when the gap statistic prefers one cluster", () => {
    const criteria = [criteriaOf(3), criteriaOf(4), criteriaOf(5)];
    const found = chooseK(criteria, { ...CUSTOMERS, gapPreferredK: 1 });
    expect(found.naturalClusters).toBe(false);
    expect(found.explanation).toContain("no natural clusters");
    for (const gapPreferredK of [2, null]) {
      expect(chooseK(criteria, { ...CUSTOMERS, gapPreferredK }).naturalClusters).toBe(true);
    }
  });

  it("takes the only k there is", () => {
    expect(chooseK([criteriaOf(2, { smallestCluster: 1 })], { customers: 2 })).toMatchObject({
      k: 2,
      reason: "only k possible",
    });
  });

  it("refuses a k that was not fitted, naming those that were", () => {
    expect(() => chooseK([criteriaOf(3)], { ...CUSTOMERS, requestedK: 9 })).toThrow(/k = 9 was not fitted; fitted: 3/);
    expect(() => chooseK([], CUSTOMERS)).toThrow(expect.objectContaining({ code: "K_NOT_FITTED" }));
  });
});

describe.skipIf(!hasOnlineRetail)("chooseK on Online Retail (skipped without the reference figures)", () => {
  const measure = (features: Features) => {
    const points = readPoints(features);
    const weighted = { points, weights: new Float64Array(points.rows).fill(1), withinCellInertia: 0 };
    const labellings = [3, 4, 5, 6, 7, 8, 9, 10].map((k) => ({ k, labels: readLabels(features, k) }));
    return measurePartitions(weighted, labellings, { random: () => 0.5 });
  };

  it("finds six pragmatic segments in log features", () => {
    expect(chooseK(measure("log1p_z"), { customers: 4338 })).toMatchObject({ k: 6, reason: "pragmatic segments" });
  });

  it("finds a cluster of a few dozen customers in every k without logs", () => {
    const found = chooseK(measure("plain_z"), { customers: 4338 });
    expect(found.dropped).toHaveLength(8);
    expect(found).toMatchObject({ k: 3, reason: "least lopsided" });
  });
});
