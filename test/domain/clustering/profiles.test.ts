import { describe, expect, it } from "vitest";
import { profileClusters } from "../../../lib/domain/clustering/profiles.ts";
import { matrixOf } from "./arbitraries.ts";
import { hasOnlineRetail, readLabels, readReferenceClusters, readRfm } from "./onlineRetail.ts";

const measures = {
  recencyDays: Float64Array.of(10, 1, 20, 5),
  frequency: Float64Array.of(1, 4, 2, 6),
  monetary: Float64Array.of(10, 0.1, 30, 0.2),
};

describe("profileClusters", () => {
  it("gives sizes, shares, means and medians in units", () => {
    const [first, second] = profileClusters(
      measures,
      { k: 2, labels: [0, 1, 0, 1] },
      matrixOf([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(first).toEqual({
      cluster: 0,
      size: 2,
      shareOfCustomers: 0.5,
      revenue: 40,
      shareOfRevenue: 40 / 40.3,
      recencyDays: { mean: 15, median: 15 },
      frequency: { mean: 1.5, median: 1.5 },
      monetary: { mean: 20, median: 20 },
      centroid: [1, 2],
    });
    expect(second.centroid).toEqual([3, 4]);
    expect(second.frequency).toEqual({ mean: 5, median: 5 });
  });

  it("gives zeros for an empty cluster and for no revenue, not NaN", () => {
    const nothing = { ...measures, monetary: Float64Array.of(-5, 5, 0, 0) };
    const [first, empty] = profileClusters(nothing, { k: 2, labels: [0, 0, 0, 0] }, matrixOf([[1], [2]]));
    expect(first).toMatchObject({ revenue: 0, shareOfRevenue: 0, shareOfCustomers: 1 });
    expect(empty).toMatchObject({ size: 0, revenue: 0, monetary: { mean: 0, median: 0 } });
  });

  it("does not depend on the order of customers, and leaves the measures as they were", () => {
    const order = [3, 1, 0, 2];
    const pick = (values: Float64Array) => Float64Array.from(order, (i) => values[i]);
    const shuffled = {
      recencyDays: pick(measures.recencyDays),
      frequency: pick(measures.frequency),
      monetary: pick(measures.monetary),
    };
    const centroids = matrixOf([[0], [1]]);
    const labels = [0, 0, 1, 0];
    const found = profileClusters(shuffled, { k: 2, labels: order.map((i) => labels[i]) }, centroids);
    expect(found).toEqual(profileClusters(measures, { k: 2, labels }, centroids));
    expect([...measures.monetary]).toEqual([10, 0.1, 30, 0.2]);
  });

  it("refuses labels that do not fit", () => {
    expect(() => profileClusters(measures, { k: 2, labels: [0, 1, 2, 0] }, matrixOf([[0], [1]]))).toThrow(
      expect.objectContaining({ code: "LABELLING" }),
    );
  });
});

describe.skipIf(!hasOnlineRetail)("profileClusters on Online Retail (skipped without the reference figures)", () => {
  it.each([2, 3, 4, 5, 6, 7, 8, 9, 10])("equals the reference profiles, k = %d", (k) => {
    const centroids = matrixOf(Array.from({ length: k }, () => [0]));
    const found = profileClusters(readRfm(), { k, labels: readLabels("log1p_z", k) }, centroids);
    const bySize = <T extends { size: number }>(profiles: readonly T[]) =>
      [...profiles].sort((a, b) => a.size - b.size);
    const expected = bySize(readReferenceClusters("log1p_z", k));
    bySize(found).forEach((profile, c) => {
      const reference = expected[c];
      expect(profile.size).toBe(reference.size);
      expect(profile.recencyDays).toEqual({ mean: expect.closeTo(reference.mean_R, 8), median: reference.median_R });
      expect(profile.frequency).toEqual({ mean: expect.closeTo(reference.mean_F, 8), median: reference.median_F });
      expect(profile.monetary.mean).toBeCloseTo(reference.mean_M, 6);
      expect(profile.monetary.median).toBeCloseTo(reference.median_M, 6);
      expect(profile.shareOfRevenue).toBeCloseTo(reference.revenue_share, 10);
      expect(100 * profile.shareOfCustomers).toBeCloseTo(reference.pct, 8);
    });
  });
});
