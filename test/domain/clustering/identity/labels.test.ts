import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ARCHETYPES, type LabelOptions, labelClusters } from "../../../../lib/domain/clustering/identity/labels.ts";
import type { Matrix } from "../../../../lib/domain/clustering/types.ts";
import { matrixOf } from "../arbitraries.ts";
import { hasOnlineRetail, readReferenceClusters } from "../onlineRetail.ts";

const RFM = ["recency_days", "frequency", "monetary"];
// Nothing between 0 and a thousand-millionth: a denormal z-score scales to zero, and no data has one.
const z = fc.double({ min: -8, max: 30, noNaN: true }).map((value) => (Math.abs(value) < 1e-9 ? 0 : value));
const centroids = (maxLength: number) => fc.array(fc.tuple(z, z, z), { minLength: 1, maxLength });

function namesOf(centroids: Matrix, featureNames: readonly string[], options: LabelOptions = {}): string[] {
  return labelClusters(centroids, featureNames, options).map(({ label }) => label);
}

describe("labelClusters", () => {
  it("gives as many different, readable names as clusters, for any number of them", () => {
    fc.assert(
      fc.property(centroids(30), (rows) => {
        const names = namesOf(matrixOf(rows), RFM);
        expect(new Set(names).size).toBe(rows.length);
        for (const name of names) expect(name).toMatch(/^[A-Z][A-Za-z' -]+( \d)?$/);
      }),
    );
  });

  it("does not depend on the order of clusters", () => {
    const shuffled = centroids(12)
      .filter((rows) => new Set(rows.map(String)).size === rows.length)
      .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows.keys()], { minLength: rows.length })));
    fc.assert(
      fc.property(shuffled, ([rows, order]) => {
        const names = namesOf(matrixOf(rows), RFM);
        expect(namesOf(matrixOf(order.map((c) => rows[c])), RFM)).toEqual(order.map((c) => names[c]));
      }),
    );
  });

  it("does not depend on the order of features, and ignores others", () => {
    const rows = [
      [1, -1, -1],
      [-1, 1, 1.5],
      [0, 0.2, 0],
    ];
    const names = namesOf(matrixOf(rows), RFM);
    const turned = matrixOf(rows.map(([r, f, m]) => [m, 9, r, f]));
    expect(namesOf(turned, ["monetary", "items", "recency_days", "frequency"])).toEqual(names);
  });

  it("names a cluster for what it is against the average customer", () => {
    const claims = new Map(ARCHETYPES.map(({ name, claims }) => [name, claims]));
    fc.assert(
      fc.property(
        centroids(4).filter((rows) => rows.length > 1),
        (rows) => {
          namesOf(matrixOf(rows), RFM).forEach((name, c) => {
            const [recency, frequency, monetary] = rows[c];
            const claimed = claims.get(name) ?? [];
            if (claimed.includes("recent")) expect(recency).toBeLessThanOrEqual(0);
            if (claimed.includes("lapsed")) expect(recency).toBeGreaterThanOrEqual(0);
            if (claimed.includes("cheap")) expect(Math.min(frequency, monetary)).toBeLessThanOrEqual(0);
            if (claimed.includes("valuable")) expect(Math.max(frequency, monetary)).toBeGreaterThanOrEqual(0);
          });
        },
      ),
    );
  });

  it("names a single cluster, and centroids that are all average", () => {
    expect(namesOf(matrixOf([[0, 0, 0]]), RFM)).toEqual(["All Customers"]);
    expect(
      new Set(
        namesOf(
          matrixOf([
            [0, 0, 0],
            [0, 0, 0],
          ]),
          RFM,
        ),
      ).size,
    ).toBe(2);
  });

  it("shows the user's own texts", () => {
    const two = matrixOf([
      [-1.2, 1.6, 1.4],
      [0.9, -0.8, -0.8],
    ]);
    expect(namesOf(two, RFM, { names: { Loyal: "Gold" } })).toContain("Gold");
    expect(namesOf(matrixOf([[0, 0, 0]]), RFM, { names: { "All Customers": "Everybody" } })).toEqual(["Everybody"]);
  });

  it("keeps the product's own name beside the text, and numbers repeats round the user's texts", () => {
    const two = [
      [-1.2, 1.6, 1.4],
      [0.9, -0.8, -0.8],
    ];
    expect(labelClusters(matrixOf(two), RFM, { names: { Loyal: "Gold" } })[0]).toEqual({
      archetype: "Loyal",
      label: "Gold",
    });
    const many = matrixOf(Array.from({ length: 26 }, (_, c) => two[c % 2]));
    const names = Object.fromEntries(ARCHETYPES.map(({ name }, i) => [name, i === 0 ? "Tier" : `Tier ${i + 1}`]));
    expect(new Set(namesOf(many, RFM, { names })).size).toBe(26);
  });

  it.each([
    [{ Vip: "Gold" }, /no label "Vip"; the labels are VIP, /],
    [{ constructor: "Gold" }, /no label "constructor"/],
    [{ VIP: " " }, /empty/],
    [{ VIP: "Loyal" }, /Two labels would both read "Loyal"/],
    [{ VIP: "Gold", Loyal: "Gold" }, /Two labels would both read "Gold"/],
  ])("refuses the names %j", (names, message) => {
    expect(() => namesOf(matrixOf([[0, 0, 0]]), RFM, { names })).toThrow(message);
  });
});

describe.skipIf(!hasOnlineRetail)("labelClusters on Online Retail (skipped without the reference figures)", () => {
  const named = (k: number) => {
    const clusters = readReferenceClusters("log1p_z", k);
    const names = namesOf(matrixOf(clusters.map(({ centroid_features }) => centroid_features)), RFM);
    return names.map((name, c) => ({ name, ...clusters[c] }));
  };

  it("names the four clusters", () => {
    const byRevenue = named(4).sort((a, b) => b.mean_M - a.mean_M);
    expect(byRevenue.map(({ name }) => name)).toEqual(["VIP", "Loyal", "Promising", "Hibernating"]);
  });

  it.each([3, 4, 5, 6, 7, 8, 9, 10])("calls the best VIP and the longest away Hibernating or Lost, k = %d", (k) => {
    const clusters = named(k);
    const best = clusters.reduce((a, b) => (b.mean_M > a.mean_M ? b : a));
    const away = clusters.reduce((a, b) => (b.median_R > a.median_R ? b : a));
    expect(best.name).toBe("VIP");
    expect(["Hibernating", "Lost"]).toContain(away.name);
    const atRisk = clusters.find(({ name }) => name === "At-Risk");
    if (atRisk !== undefined) expect(atRisk.median_R).toBeGreaterThan(60);
  });
});
