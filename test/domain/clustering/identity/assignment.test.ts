import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchClusters, orderByValue, solveAssignment } from "../../../../lib/domain/clustering/identity/assignment.ts";
import { matrixOf, permutations } from "../arbitraries.ts";

const RFM = ["recency_days", "frequency", "monetary"];

describe("solveAssignment", () => {
  it("is as cheap as the best of all permutations, square or wide, with negative costs and ties", () => {
    const cost = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
    const sizes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 2 }));
    const costs = sizes.chain(([rows, more]) =>
      fc.array(fc.array(cost, { minLength: rows + more, maxLength: rows + more }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
    fc.assert(
      fc.property(costs, (rows) => {
        const total = (columns: ArrayLike<number>) => rows.reduce((sum, row, i) => sum + row[columns[i]], 0);
        const found = solveAssignment(matrixOf(rows));
        expect(new Set(found).size).toBe(rows.length);
        const best = Math.min(...permutations(rows[0].length).map(total));
        expect(total(found)).toBeCloseTo(best, 6);
      }),
    );
  });

  it("gives ties to the lowest column", () => {
    expect([
      ...solveAssignment(
        matrixOf([
          [1, 1, 1],
          [1, 1, 1],
          [1, 1, 1],
        ]),
      ),
    ]).toEqual([0, 1, 2]);
  });

  it("refuses more rows than columns, and costs that are not finite", () => {
    expect(() => solveAssignment(matrixOf([[1], [2]]))).toThrow(/2 rows/);
    expect(() => solveAssignment(matrixOf([[Number.NaN, 1]]))).toThrow(expect.objectContaining({ code: "ASSIGNMENT" }));
  });

  it("takes no rows at all", () => {
    expect(solveAssignment({ rows: 0, columns: 0, data: new Float64Array(0) })).toHaveLength(0);
  });
});

describe("matchClusters", () => {
  it("carries ids through any reordering and small drift", () => {
    const at = fc.double({ min: -0.1, max: 0.1, noNaN: true });
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
        fc.array(at, { minLength: 5, maxLength: 5 }),
        (order, drift) => {
          const previous = matrixOf([0, 1, 2, 3, 4].map((id) => [id, -id]));
          const next = matrixOf(order.map((id, i) => [id + drift[i], -id]));
          const found = matchClusters(previous, next);
          expect(found).toMatchObject({ ids: order, born: [], vanished: [] });
          found.moved.forEach((moved, i) => {
            expect(moved).toBeCloseTo(Math.abs(drift[i]), 12);
          });
        },
      ),
    );
  });

  it("retires a cluster whose successor is beyond the gate and gives the newcomer a fresh id", () => {
    const found = matchClusters(matrixOf([[0], [10]]), matrixOf([[14], [0.5], [11]]), { gate: 2, previousIds: [3, 7] });
    expect(found).toEqual({ ids: [8, 3, 7], born: [8], vanished: [], moved: [null, 0.5, 1] });
    expect(matchClusters(matrixOf([[0], [10]]), matrixOf([[5]]), { gate: 2, nextId: 40 })).toEqual({
      ids: [40],
      born: [40],
      vanished: [0, 1],
      moved: [null],
    });
  });

  it("takes the least total movement, not the nearest pair first", () => {
    // Nearest first would carry 1 to 0.9 and then 0 to 1.9: 0.01 + 3.61 instead of 0.81 + 0.81.
    expect(matchClusters(matrixOf([[0], [1]]), matrixOf([[0.9], [1.9]]), { gate: 2 }).ids).toEqual([0, 1]);
  });

  it("numbers all clusters from 0 when there is no previous model", () => {
    const none = { rows: 0, columns: 0, data: new Float64Array(0) };
    expect(matchClusters(none, matrixOf([[1], [2]]))).toMatchObject({ ids: [0, 1], born: [0, 1], vanished: [] });
  });

  it("refuses ids that repeat and centroids of other features", () => {
    expect(() => matchClusters(matrixOf([[0], [1]]), matrixOf([[0]]), { previousIds: [1, 1] })).toThrow(
      /different ids/,
    );
    expect(() => matchClusters(matrixOf([[0, 1]]), matrixOf([[0]]))).toThrow(/2 and of 1 features/);
  });
});

describe("orderByValue", () => {
  it("puts frequent, high-spending, recent clusters first", () => {
    const centroids = matrixOf([
      [1, -1, -1],
      [-1, 2, 2],
      [0, 0, 0.5],
    ]);
    expect(orderByValue(centroids, RFM)).toEqual([1, 2, 0]);
    expect(orderByValue(matrixOf([[5], [-5]]), ["recency_days"])).toEqual([1, 0]);
  });

  it("does not depend on the order of clusters, ties included", () => {
    const row = fc.tuple(
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -2, max: 2 }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
        const ordered = (some: typeof rows) => orderByValue(matrixOf(some), RFM).map((c) => some[c]);
        expect(ordered([...rows].reverse())).toEqual(ordered(rows));
      }),
    );
  });
});
