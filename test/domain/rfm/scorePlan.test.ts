import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { scoreBinsOf, scorePlanOf } from "../../../lib/domain/config/scoreSettings.ts";
import { breakpointsOf } from "../../../lib/domain/rfm/breakpoints.ts";
import { scoreColumns } from "../../../lib/domain/rfm/scoreFeatures.ts";
import { breakpointsInMemory, NoRepeatPurchasesError } from "../../../lib/domain/rfm/scorePlan.ts";
import { tieKey } from "../../../lib/domain/rfm/tieKey.ts";

type Settings = Parameters<typeof parseConfig>[0] & object;
const planOf = (scores: unknown) => scorePlanOf(parseConfig({ scores } as Settings).scores);

/** Few values, so that most customers have equals. */
const value = fc.integer({ min: 1, max: 6 });
const shop = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 60 }).map((rows) => ({
  customerId: rows.map((_, i) => `customer ${i}`),
  recencyDays: Float64Array.from(rows, (row) => row[0]),
  frequency: Float64Array.from(rows, (row) => row[1]),
  monetary: Float64Array.from(rows, (row) => row[2] * 10_000),
}));
const bins = fc.integer({ min: 2, max: 10 });

describe("ntile", () => {
  it("gives the scores of SQL's ntile over value and digest, and parts that differ by one customer", () => {
    fc.assert(
      fc.property(shop, bins, (columns, parts) => {
        const plan = planOf({ method: "ntile", bins: parts });
        const scores = scoreColumns(breakpointsInMemory(plan, columns, []), columns);
        const expected = (values: Float64Array, sign: number): number[] => {
          const order = columns.customerId
            .map((id, i) => ({ i, value: sign * values[i], key: tieKey(id) }))
            .sort((a, b) => a.value - b.value || (a.key < b.key ? -1 : 1));
          const [size, more] = [Math.floor(order.length / parts), order.length % parts];
          const tiles = Array.from({ length: parts }, (_, tile) =>
            new Array(size + (tile < more ? 1 : 0)).fill(tile + 1),
          );
          const tile = new Array<number>(order.length);
          tiles.flat().forEach((score, place) => {
            tile[order[place].i] = score;
          });
          return tile;
        };
        expect([...scores.rScore]).toEqual(expected(columns.recencyDays, -1));
        expect([...scores.fScore]).toEqual(expected(columns.frequency, 1));
        expect([...scores.mScore]).toEqual(expected(columns.monetary, 1));
      }),
    );
  });

  it("counts a customer without an id as the first among equals", () => {
    const plan = planOf({ method: "ntile", bins: 2 });
    const ones = Float64Array.of(1, 1, 1, 1);
    const columns = { customerId: ["a", "b", "c", "d"], recencyDays: ones, frequency: ones, monetary: ones };
    const rule = breakpointsInMemory(plan, columns, []);
    expect([...scoreColumns(rule, columns).fScore].sort()).toEqual([1, 1, 2, 2]);
    const unknown = { recencyDays: ones, frequency: ones, monetary: ones };
    const scores = scoreColumns(rule, unknown);
    expect([...scores.rScore, ...scores.fScore, ...scores.mScore]).toEqual(new Array(12).fill(1));
  });
});

describe("any method", () => {
  const cutsOf = (of: fc.Arbitrary<number>) =>
    fc.uniqueArray(of, { minLength: 1, maxLength: 9 }).map((list) => list.sort((a, b) => a - b));
  const settings = fc.oneof(
    fc.record({ method: fc.constantFrom("quantile", "ntile", "repeat-interval", "r-rfm"), bins }),
    fc.record({
      method: fc.constant("cuts"),
      cuts: fc.record({
        recency: cutsOf(value),
        frequency: cutsOf(value),
        monetary: cutsOf(fc.integer({ min: 1, max: 9 })),
      }),
    }),
  );

  it("scores everybody from 1 to the number of bins, and nobody above one who is better or equal", () => {
    fc.assert(
      fc.property(shop, settings, (columns, scores) => {
        const plan = planOf(scores);
        const most = scoreBinsOf(parseConfig({ scores } as Settings).scores);
        const repeatEdges = Array.from({ length: most.recencyDays - 1 }, (_, i) => 1 + i / 2);
        const found = scoreColumns(breakpointsInMemory(plan, columns, repeatEdges), columns);
        const check = (list: Uint8Array, values: Float64Array, sign: number, top: number): void => {
          list.forEach((score, a) => {
            expect(score).toBeGreaterThanOrEqual(1);
            expect(score).toBeLessThanOrEqual(top);
            list.forEach((other, b) => {
              if (sign * values[a] < sign * values[b]) expect(score).toBeLessThanOrEqual(other);
            });
          });
        };
        check(found.rScore, columns.recencyDays, -1, most.recencyDays);
        check(found.fScore, columns.frequency, 1, most.frequency);
        check(found.mScore, columns.monetary, 1, most.monetary);
      }),
      { numRuns: 60 },
    );
  });
});

describe("cuts", () => {
  it("are in days, orders and money; a value at a cut is below it", () => {
    const plan = planOf({ method: "cuts", cuts: { recency: [30, 90], frequency: [1], monetary: [9.99, 50, 100] } });
    const rule = breakpointsOf(plan, { quantiles: [] });
    const columns = {
      recencyDays: Float64Array.of(30, 31, 91),
      frequency: Float64Array.of(1, 2, 9),
      monetary: Float64Array.of(9.99, 10, 100.01),
    };
    const { rScore, fScore, mScore } = scoreColumns(rule, columns);
    expect([[...rScore], [...fScore], [...mScore]]).toEqual([
      [3, 2, 1],
      [1, 2, 2],
      [1, 2, 4],
    ]);
  });

  it.each([
    [{ method: "cuts" }, /scores\.cuts\.recency" is missing/],
    [{ cuts: { recency: [30] } }, /scores\.cuts\.recency" is not used: the method of recency is quantile/],
    [{ method: "cuts", cuts: { recency: [30, 30], frequency: [1], monetary: [1] } }, /must rise/],
    [{ method: { frequency: "repeat-interval" } }, /scores\.method/],
  ])("are refused in %j", (scores, message) => {
    expect(() => planOf(scores)).toThrow(message);
  });
});

describe("repeat-interval", () => {
  it("needs somebody who bought twice", () => {
    const plan = planOf({ method: "repeat-interval" });
    expect(plan.frequency.method).toBe("quantile");
    expect(() => breakpointsOf(plan, { quantiles: [] })).toThrow(NoRepeatPurchasesError);
  });
});

describe("r-rfm", () => {
  it("has the breakpoints of R's rfm, of money in units as well as in ten-thousandths", () => {
    const money = [1, 2.5, 3.5, 10, 12.5];
    const columns = {
      customerId: money.map(String),
      recencyDays: Float64Array.of(1, 2, 3, 4, 5),
      frequency: Float64Array.of(1, 1, 1, 4, 5),
      monetary: Float64Array.from(money, (value) => value * 10_000),
    };
    const plan = planOf({ method: "r-rfm", bins: 2 });
    const rule = breakpointsInMemory(plan, columns, []);
    // Medians 3, 1 and 3.5: from 4, 2 and 4.5 on there is the upper half.
    const scores = scoreColumns(rule, columns);
    expect([[...scores.rScore], [...scores.fScore], [...scores.mScore]]).toEqual([
      [2, 2, 2, 1, 1],
      [1, 1, 1, 2, 2],
      [1, 1, 1, 2, 2],
    ]);
    const quantiles = (["recency_days", "frequency", "monetary"] as const).map((measure, at) => ({
      ...{ measure, edge_number: 1, remainder: 1, parts: 2 },
      ...{ lower_value: [3, 1, 3.5][at] as number, upper_value: [3, 1, 3.5][at] as number },
    }));
    const inUnits = { ...columns, monetary: Float64Array.from(money) };
    expect(scoreColumns(breakpointsOf(plan, { quantiles }), inUnits).mScore).toEqual(scores.mScore);
  });
});
