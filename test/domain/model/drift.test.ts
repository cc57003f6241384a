import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, randomInteger } from "../../../lib/domain/clustering/fit/random.ts";
import {
  addBinCounts,
  binEdges,
  countBins,
  driftOf,
  perFeature,
  populationStability,
  sharesOverRuns,
} from "../../../lib/domain/model/drift.ts";

const counts = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 10 });

describe("countBins", () => {
  it("counts up to each edge and beyond the last, equal deciles as one edge", () => {
    expect(binEdges([1, 1, 1, 2, 2, 3.5])).toEqual([1, 2, 3.5]);
    expect(countBins([0, 1, 1, 1.5, 2, 3, 9], [1, 2, 3.5])).toEqual([3, 2, 1, 1]);
    expect(countBins([4, 4], [])).toEqual([2]);
  });

  it("adds up over shards to the count of all", () => {
    const values = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 });
    fc.assert(
      fc.property(values, values, (first, second) => {
        const edges = [3, 9, 21];
        const of = (list: readonly number[]) => perFeature(() => countBins(list, edges));
        expect(addBinCounts([of(first), of(second)])).toEqual(of([...first, ...second]));
      }),
    );
  });
});

describe("populationStability", () => {
  it("is the textbook's sum", () => {
    // (0.3 − 0.2) ln(0.3/0.2) + (0.5 − 0.5) ln 1 + (0.2 − 0.3) ln(0.2/0.3)
    expect(populationStability([20, 50, 30], [30, 50, 20])).toBeCloseTo(0.2 * Math.log(1.5), 12);
  });

  it("is zero for equal shares, positive otherwise, the same both ways, and finite for empty bins", () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 9 }), (expected, times) => {
        expect(
          populationStability(
            expected,
            expected.map((count) => count * times),
          ),
        ).toBeCloseTo(0, 12);
        const reversed = expected.toReversed();
        expect(populationStability(expected, reversed)).toBeGreaterThanOrEqual(0);
        expect(populationStability(expected, reversed)).toBeCloseTo(populationStability(reversed, expected), 9);
      }),
    );
    expect(populationStability([50, 50, 0], [0, 50, 50])).toBeGreaterThan(1);
    expect(Number.isFinite(populationStability([50, 50, 0], [0, 50, 50]))).toBe(true);
  });
});

describe("driftOf", () => {
  it("warns and alarms from 0.1 and 0.25 on, where there are customers enough", () => {
    const levels = [
      [5_000, 5_000],
      [6_700, 3_300],
      [7_600, 2_400],
    ].map((actual) => driftOf("monetary", [5_000, 5_000], actual).level);
    expect(levels).toEqual(["ok", "warn", "alarm"]);
  });

  it("takes what chance explains for no drift: a few customers of one population seldom alarm", () => {
    const random = createRandom("drift");
    const draw = (n: number): number[] =>
      countBins(
        Array.from({ length: n }, () => randomInteger(random, 10)),
        [0, 1, 2, 3, 4, 5, 6, 7, 8],
      );
    const found = Array.from({ length: 200 }, () => driftOf("frequency", draw(60), draw(60)));
    expect(found.filter(({ psi }) => psi >= 0.1).length).toBeGreaterThan(150);
    expect(found.filter(({ level }) => level !== "ok").length).toBeLessThan(30);
  });
});

describe("sharesOverRuns", () => {
  const shareOf = (runId: string) => ({ runId, snapshotDate: "2024-01-01", segment: "Lost", customers: 1, share: 1 });

  it("keeps the latest twelve runs, the oldest first, and a run once", () => {
    let shares = [shareOf("r0")];
    for (let run = 1; run < 15; run++) shares = sharesOverRuns(shares, [shareOf(`r${run}`)]);
    expect(shares.map(({ runId }) => runId)).toEqual(Array.from({ length: 12 }, (_, at) => `r${at + 3}`));
    expect(sharesOverRuns(shares, [shareOf("r14")])).toEqual(shares);
  });
});
