import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpolate, scoreBreakpoints } from "../../../lib/domain/rfm/quantile.ts";
import { binsOf, scoreByEdges, scoreRfm } from "../../../lib/domain/rfm/scoring.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const edges = fc.array(finite, { minLength: 1, maxLength: 9 }).map((list) => list.sort((a, b) => a - b));
const bins = fc.integer({ min: 2, max: 10 });
/** Values that hit the edges themselves as often as not. */
const edgesAndValue = edges.chain((list) => fc.tuple(fc.constant(list), fc.oneof(finite, fc.constantFrom(...list))));

describe("scoreByEdges", () => {
  it.each([
    [-1, 1],
    [10, 1],
    [10.000001, 2],
    [20, 2],
    [30, 3],
    [40, 4],
    [40.5, 5],
    [1e300, 5],
  ])("scores %d as %d between the edges 10, 20, 30, 40", (value, score) =>
    expect(scoreByEdges(value, [10, 20, 30, 40])).toBe(score),
  );

  it("leaves scores unused where edges repeat: most customers with one order all score 1", () => {
    expect(scoreByEdges(1, [1, 1, 2, 5])).toBe(1);
    expect(scoreByEdges(2, [1, 1, 2, 5])).toBe(3);
    expect(scoreByEdges(7, [1, 1, 1, 1])).toBe(5);
  });

  it("stays within 1 and the number of bins and never falls as the value rises", () => {
    fc.assert(
      fc.property(edgesAndValue, finite, ([list, value], other) => {
        const [low, high] = value <= other ? [value, other] : [other, value];
        const [lowScore, highScore] = [scoreByEdges(low, list), scoreByEdges(high, list)];
        expect(lowScore).toBeGreaterThanOrEqual(1);
        expect(highScore).toBeLessThanOrEqual(list.length + 1);
        expect(lowScore).toBeLessThanOrEqual(highScore);
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives equal values equal scores, -0 and 0 among them, in whatever order the edges come", () => {
    expect(scoreByEdges(-0, [0, 0, 1, 2])).toBe(scoreByEdges(0, [-0, 0, 1, 2]));
    fc.assert(
      fc.property(edgesAndValue, ([list, value]) => {
        expect(scoreByEdges(value, [...list].reverse())).toBe(scoreByEdges(value, list));
      }),
    );
  });
});

describe("scoreRfm", () => {
  const table = { recencyDays: [10, 20, 30, 40], frequency: [1, 2, 3, 4], monetary: [100, 200, 300, 400] };

  it("counts recency in reverse", () => {
    expect(scoreRfm(table, 1, 9, 1_000)).toEqual({ rScore: 5, fScore: 5, mScore: 5 });
    expect(scoreRfm(table, 300, 1, -5)).toEqual({ rScore: 1, fScore: 1, mScore: 1 });
    expect(scoreRfm(table, 20, 2, 300)).toEqual({ rScore: 4, fScore: 2, mScore: 3 });
  });

  it("never scores the more recent, frequent or valuable customer lower", () => {
    fc.assert(
      fc.property(edges, edges, edges, finite, finite, (recencyDays, frequency, monetary, a, b) => {
        const all = { recencyDays, frequency, monetary };
        const [less, more] = a <= b ? [a, b] : [b, a];
        const [low, high] = [scoreRfm(all, more, less, less), scoreRfm(all, less, more, more)];
        for (const key of ["rScore", "fScore", "mScore"] as const) {
          expect(low[key]).toBeLessThanOrEqual(high[key]);
          expect(low[key]).toBeGreaterThanOrEqual(1);
        }
        const bins = binsOf(all);
        expect(high.rScore).toBeLessThanOrEqual(bins.recencyDays);
        expect(high.fScore).toBeLessThanOrEqual(bins.frequency);
        expect(high.mScore).toBeLessThanOrEqual(bins.monetary);
      }),
    );
  });
});

describe("the breakpoints", () => {
  it("divide distinct values into bins of equal size, to within one customer", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ max: 2 ** 40 }), { minLength: 10, maxLength: 99 }),
        bins,
        (values, parts) => {
          const found = scoreBreakpoints(Float64Array.from(values), parts);
          const sizes = new Array<number>(parts).fill(0);
          for (const value of values) sizes[scoreByEdges(value, found) - 1] += 1;
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("are the same from whole numbers in memory and from the order statistics that SQL hands over", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), { minLength: 1 }), bins, (values, parts) => {
        const sorted = [...values].sort((a, b) => a - b);
        const inSql = Array.from({ length: parts - 1 }, (_, i) => {
          const rank = (sorted.length - 1) * (i + 1);
          const at = Math.floor(rank / parts);
          const [lower, upper] = [sorted[at] / 10_000, sorted[Math.min(at + 1, sorted.length - 1)] / 10_000];
          return interpolate({ lower, upper, remainder: rank % parts, parts });
        });
        scoreBreakpoints(Float64Array.from(values), parts).forEach((edge, i) => {
          expect(Math.abs(inSql[i] - edge / 10_000)).toBeLessThanOrEqual(Math.abs(edge) * 1e-15);
        });
      }),
    );
  });

  it("interpolate exactly: one third of the way from 1 to 2 cents is the nearest double", () => {
    expect(interpolate({ lower: 0.01, upper: 0.02, remainder: 1, parts: 3 })).toBe(4 / 300);
    expect(interpolate({ lower: 12.3456, upper: 12.3456, remainder: 6, parts: 7 })).toBe(12.3456);
    expect(interpolate({ lower: -0.0001, upper: 0.0001, remainder: 5, parts: 10 })).toBe(0);
  });
});
