import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  identifyClusters,
  type ReferenceModel,
  referenceCentroids,
} from "../../../../lib/domain/clustering/identity/clusterIdentity.ts";
import { readsLike } from "../../../../lib/domain/clustering/identity/naming.ts";
import type { FeatureEncoding, Matrix } from "../../../../lib/domain/clustering/types.ts";
import { featureNotes } from "../../../../lib/domain/model/featureNotes.ts";
import { DEFAULT_SEGMENT_TABLE } from "../../../../lib/domain/rfm/segments.ts";

const encodingOf = (name: string, mean: number, deviation: number): FeatureEncoding => ({
  ...{ name, transform: "log1p", scale: 1, mean, deviation },
});
const SPACE = [encodingOf("recency_days", 3, 1.2), encodingOf("frequency", 1, 0.7), encodingOf("monetary", 6, 1.1)];
const SHIFTED = [
  encodingOf("recency_days", 3.4, 1),
  encodingOf("frequency", 1.1, 0.8),
  encodingOf("monetary", 6.2, 1.3),
];

const matrixOf = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: 3,
  data: Float64Array.from(rows.flat()),
});

const BEST = [-1.2, 1.8, 1.9];
const MIDDLE = [0, 0.1, 0.2];
const WORST = [1.2, -0.8, -1.1];

/** The card's part of a model whose clusters are at these places of SPACE. */
function referenceOf(rows: readonly (readonly number[])[], ids: readonly number[], nextId?: number): ReferenceModel {
  const { clusters } = identifyClusters(matrixOf(rows), SPACE, { names: {} });
  const nothing = { warmStart: null, carried: [], born: [], vanished: [] };
  return {
    modelVersion: "m-before",
    features: SPACE.map((encoding) => ({ ...encoding })),
    clusters: rows.map((row, at) => ({
      ...{ id: ids[at] as number, customers: 1, share: 1 / rows.length, centroid: {}, centroidScaled: [...row] },
      label: clusters[at]?.label as string,
      archetype: clusters[at]?.archetype as string,
    })),
    ...(nextId === undefined ? {} : { identity: { reference: null, comparable: false, ...nothing, nextId } }),
  };
}

describe("identifyClusters", () => {
  it("numbers the clusters of a first model from the best on", () => {
    const { clusters, identity } = identifyClusters(matrixOf([WORST, BEST, MIDDLE]), SPACE, { names: {} });
    expect(clusters.map(({ id }) => id)).toEqual([2, 0, 1]);
    expect(identity).toMatchObject({ reference: null, comparable: false, nextId: 3, carried: [], born: [] });
  });

  it("carries ids and names over a move, whatever the order of the centroids", () => {
    const reference = referenceOf([BEST, MIDDLE, WORST], [4, 7, 5]);
    const moved = [WORST, BEST, MIDDLE].map((row) => row.map((value) => value + 0.2));
    const { clusters, identity } = identifyClusters(matrixOf(moved), SPACE, { names: {}, reference });
    expect(clusters.map(({ id }) => id)).toEqual([5, 4, 7]);
    const archetypeOf = (id: number) => reference.clusters.find((cluster) => cluster.id === id)?.archetype;
    expect(clusters.map(({ archetype }) => archetype)).toEqual([5, 4, 7].map(archetypeOf));
    expect(clusters.map(({ label }) => label[0])).toEqual(["F", "E", "H"]);
    expect(identity?.carried.map(({ id }) => id)).toEqual([4, 5, 7]);
    for (const { moved: distance } of identity?.carried ?? []) expect(distance).toBeCloseTo(Math.sqrt(3 * 0.04), 9);
    expect(identity).toMatchObject({ reference: "m-before", comparable: true, born: [], vanished: [], nextId: 8 });
  });

  it("gives a cluster beyond the gate a new id, and never an id that was given before", () => {
    const reference = referenceOf([BEST, MIDDLE, WORST], [0, 1, 2], 9);
    const far = [BEST, [1.4, 1.4, 0.3], WORST];
    const { clusters, identity } = identifyClusters(matrixOf(far), SPACE, { names: {}, reference });
    expect(clusters.map(({ id }) => id)).toEqual([0, 9, 2]);
    expect(identity?.born).toEqual([{ id: 9, label: clusters[1]?.label }]);
    expect(identity?.vanished).toEqual([{ id: 1, label: reference.clusters[1]?.label }]);
    expect(identity?.nextId).toBe(10);
    expect(new Set(clusters.map(({ label }) => label)).size).toBe(3);
  });

  it("compares in units, so that another mean and deviation of the same customers move nothing", () => {
    const reference = referenceOf([BEST, MIDDLE, WORST], [3, 1, 2]);
    const again = referenceCentroids(reference, SHIFTED) as Matrix;
    const { clusters, identity } = identifyClusters(again, SHIFTED, { names: {}, reference });
    expect(clusters.map(({ id }) => id)).toEqual([3, 1, 2]);
    for (const { moved } of identity?.carried ?? []) expect(moved).toBeLessThan(1e-9);
  });

  it("starts anew where the features or their transforms differ, and says against what", () => {
    const reference = referenceOf([BEST, MIDDLE, WORST], [4, 7, 5]);
    const other = SPACE.map((encoding, at) =>
      at === 2 ? { ...encoding, transform: "asinh" as const, scale: 10 } : encoding,
    );
    const { clusters, identity } = identifyClusters(matrixOf([BEST, MIDDLE, WORST]), other, { names: {}, reference });
    expect(clusters.map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(identity).toMatchObject({ reference: "m-before", comparable: false });
    expect(referenceCentroids(reference, other)).toBeUndefined();
  });

  it("says what a cluster is by its letter and what sets it off, and records when that changes", () => {
    const reference = referenceOf([BEST, MIDDLE, WORST], [0, 1, 9]);
    expect(reference.clusters.map(({ label }) => label)).toEqual([
      "A: recent frequent high-spend",
      "B: average",
      "C: lapsed infrequent low-spend",
    ]);
    // The best have become rarer: below what sets off, and with the second below what keeps a word.
    const moved = (frequency: number) => [[-1.2, frequency, 1.5], MIDDLE, WORST];
    const options = { names: { B: "Everyday" }, reference };
    const still = identifyClusters(matrixOf(moved(1)), SPACE, options);
    expect(still.clusters.map(({ label }) => label)).toEqual([
      "A: recent frequent high-spend",
      "Everyday",
      "J: lapsed infrequent low-spend",
    ]);
    const labels = reference.clusters.map(({ label }) => label);
    expect(still.identity?.relabelled).toEqual([
      { id: 1, before: labels[1], now: "Everyday" },
      { id: 9, before: labels[2], now: "J: lapsed infrequent low-spend" },
    ]);
    const card = { droppedFeatures: [], identity: still.identity };
    expect(featureNotes(card)[0]).toMatch(/^Cluster B was called "B: average" and is called "Everyday" now/);
  });

  it("keeps a word of a profile for a while, but not a word that is false", () => {
    const place = (frequency: number) => [BEST, [1.2, frequency, 0]];
    const labelOf = (frequency: number, reference?: ReferenceModel) =>
      identifyClusters(matrixOf(place(frequency)), SPACE, { names: {}, reference }).clusters[1]?.label;
    expect([0.5, 0.7].map((frequency) => labelOf(frequency))).toEqual(["B: lapsed", "B: lapsed frequent"]);
    const before = referenceOf(place(0.7), [0, 1]);
    expect([0.5, 0.3, -0.1].map((frequency) => labelOf(frequency, before))).toEqual([
      "B: lapsed frequent",
      "B: lapsed",
      "B: lapsed",
    ]);
  });

  it("calls no cluster like a segment, whatever the scheme, but for the literature's four", () => {
    const point = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
    const places = fc.uniqueArray(point, { minLength: 2, maxLength: 12, selector: (row) => row.join() });
    const taken = Object.keys(DEFAULT_SEGMENT_TABLE);
    fc.assert(
      fc.property(places, fc.constantFrom("profile" as const, "literature" as const), (rows, scheme) => {
        const { clusters } = identifyClusters(matrixOf(rows), SPACE, { names: {}, scheme, taken });
        for (const { label } of clusters)
          if (label !== "At-Risk") expect(taken.filter((name) => readsLike(name, label))).toEqual([]);
        expect(new Set(clusters.map(({ label }) => label)).size).toBe(rows.length);
      }),
      { numRuns: 60 },
    );
  });

  it("takes a name away where what it claims is not true any more", () => {
    const reference = referenceOf([BEST, MIDDLE, WORST], [0, 1, 2]);
    const renamed = reference.clusters.map((cluster) => ({
      ...cluster,
      archetype: cluster.id === 2 ? "VIP" : cluster.archetype,
    }));
    const { clusters } = identifyClusters(matrixOf([BEST, MIDDLE, WORST]), SPACE, {
      names: {},
      scheme: "literature",
      reference: { ...reference, clusters: renamed },
    });
    expect(clusters[2]?.id).toBe(2);
    expect(clusters[2]?.label).not.toBe("VIP");
  });

  it("gives every cluster an id of its own, carried or new, and accounts for every earlier one", () => {
    const point = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 });
    const places = fc.uniqueArray(point, { minLength: 1, maxLength: 8, selector: (row) => row.join() });
    fc.assert(
      fc.property(places, places, (before, now) => {
        const reference = referenceOf(
          before,
          before.map((_, at) => 3 * at + 1),
        );
        const { clusters, identity } = identifyClusters(matrixOf(now), SPACE, { names: {}, reference });
        const ids = clusters.map(({ id }) => id);
        expect(new Set(ids).size).toBe(now.length);
        expect(new Set(clusters.map(({ label }) => label)).size).toBe(now.length);
        const { carried, born, vanished, nextId } = identity as NonNullable<typeof identity>;
        const idsOf = (list: readonly { id: number }[]) => list.map(({ id }) => id);
        expect([...idsOf(carried), ...idsOf(born)].sort()).toEqual([...ids].sort());
        expect([...idsOf(carried), ...idsOf(vanished)].sort()).toEqual(idsOf(reference.clusters).sort());
        for (const { moved } of carried) expect(moved).toBeLessThan(1);
        for (const { id } of born) expect(id).toBeGreaterThan(3 * (before.length - 1) + 1);
        expect(Math.max(...ids)).toBeLessThan(nextId);
      }),
      { numRuns: 60 },
    );
  });
});
