import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedOrders, type Outlook, orderMoments, outlookOf } from "../../../lib/domain/forecast/outlook.ts";
import { discountForce, presentMoments, presentOrders } from "../../../lib/domain/forecast/value/presentValue.ts";
import { effort } from "../../support/effort.ts";

const outlooks = fc
  .record({
    model: fc.constantFrom("bg-nbd" as const, "mbg-nbd" as const),
    r: fc.double({ min: 0.05, max: 4, noNaN: true }),
    alpha: fc.double({ min: 1, max: 300, noNaN: true }),
    a: fc.oneof(fc.constant(0), fc.double({ min: 0.05, max: 3, noNaN: true })),
    b: fc.double({ min: 0.1, max: 5, noNaN: true }),
    repeatOrders: fc.integer({ min: 0, max: 60 }),
    age: fc.integer({ min: 0, max: 900 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ model, r, alpha, a, b, repeatOrders, age, share }) =>
    outlookOf(model, { r, alpha, a, b }, { repeatOrders, age, recency: repeatOrders === 0 ? 0 : share * age }),
  );
const horizons = fc.constantFrom(30, 90, 365);
const rates = fc.double({ min: 0.001, max: 1, noNaN: true });
const runs = { numRuns: effort(20, 1_000) };

type Worth = (day: number) => number;
/** E[X(t)] or E[X(t)² − X(t)]. */
type Count = (outlook: Outlook, day: number) => number;
const pairsUntil: Count = (outlook, day) => {
  const { mean, square } = orderMoments(outlook, day);
  return square - mean;
};

/** What is expected of each slice of a time, for what it is worth at a place within the slice. */
function sliced(
  outlook: Outlook,
  edges: readonly number[],
  worthIn: (from: number, to: number) => number,
  count: Count,
) {
  let [sum, before, from] = [0, 0, 0];
  for (const to of edges) {
    const now = count(outlook, to);
    sum += worthIn(from, to) * (now - before);
    [before, from] = [now, to];
  }
  return sum;
}

/** The limit of ever finer slices, by Richardson's rule; even in ln(rate + t), where expectations are smooth. */
function limit(outlook: Outlook, days: number, worth: Worth, count: Count = expectedOrders): number {
  const { rate } = outlook;
  const whole = Math.log1p(days / rate);
  const [rough, fine] = [60, 120].map((slices) => {
    const edges = Array.from({ length: slices }, (_, at) => rate * Math.expm1((whole * (at + 1)) / slices));
    return sliced(outlook, edges, (from, to) => worth(Math.sqrt((rate + from) * (rate + to)) - rate), count);
  });
  return fine + (fine - rough) / 3;
}

describe("orders for what they are worth today", () => {
  it("are the sum over the days, and the limit of shorter slices", () => {
    fc.assert(
      fc.property(outlooks, horizons, rates, (outlook, days, rate) => {
        const worth: Worth = (day) => (1 + rate) ** (-day / 365);
        const daily = Array.from({ length: days }, (_, day) => day + 1);
        const found = presentOrders(outlook, days, discountForce(rate));
        // Between the sum at the end of each day and the one at its beginning.
        expect(found).toBeGreaterThan(sliced(outlook, daily, (_, to) => worth(to), expectedOrders));
        expect(found).toBeLessThan(sliced(outlook, daily, (from) => worth(from), expectedOrders));
        expect(found / limit(outlook, days, worth)).toBeCloseTo(1, 8);
      }),
      runs,
    );
  });

  it("without a rate are the orders, to the last bit", () => {
    fc.assert(
      fc.property(outlooks, horizons, (outlook, days) => {
        const { mean, square } = orderMoments(outlook, days);
        expect(presentOrders(outlook, days, discountForce(0))).toBe(expectedOrders(outlook, days));
        expect(presentMoments(outlook, days, 0)).toEqual({ mean, squares: mean, pairs: square - mean });
      }),
      runs,
    );
  });

  it("fall as the rate grows, and never below what the last day is worth", () => {
    fc.assert(
      fc.property(outlooks, horizons, rates, rates, (outlook, days, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const orders = expectedOrders(outlook, days);
        const present = (rate: number): number => presentOrders(outlook, days, discountForce(rate));
        expect(present(more)).toBeLessThanOrEqual(present(less));
        expect(present(less)).toBeLessThanOrEqual(orders);
        expect(present(more)).toBeGreaterThanOrEqual(orders * (1 + more) ** (-days / 365));
      }),
      runs,
    );
  });

  it("at 10 % lose less than a tenth within a year", () => {
    fc.assert(
      fc.property(outlooks, (outlook) => {
        const kept = presentOrders(outlook, 365, discountForce(0.1)) / expectedOrders(outlook, 365);
        expect(kept).toBeGreaterThan(0.9);
        expect(kept).toBeLessThan(1);
      }),
      runs,
    );
  });

  it("of one who orders at a known rate and never leaves are an annuity", () => {
    const steady: Outlook = { shape: 1e7, rate: 1e8, a: 0, b: 1, pAlive: 1 };
    for (const days of [30, 365, 3650]) {
      const force = discountForce(0.1);
      expect(presentOrders(steady, days, force) / ((0.1 * -Math.expm1(-force * days)) / force)).toBeCloseTo(1, 7);
    }
  });

  it("in weeks are those in days", () => {
    const inDays = outlookOf(
      "bg-nbd",
      { r: 0.24, alpha: 30.9, a: 0.79, b: 2.43 },
      { repeatOrders: 2, recency: 210, age: 270 },
    );
    const inWeeks = { ...inDays, rate: inDays.rate / 7 };
    const weeks = presentOrders(inWeeks, 365 / 7, discountForce(0.1, 7));
    expect(weeks / presentOrders(inDays, 365, discountForce(0.1))).toBeCloseTo(1, 12);
  });

  it("have squares and pairs that are sums over short slices", () => {
    fc.assert(
      fc.property(outlooks, horizons, rates, (outlook, days, rate) => {
        const force = discountForce(rate);
        const found = presentMoments(outlook, days, force);
        const pairWorth: Worth = (day) => (Math.exp(-force * day) * -Math.expm1(-force * day)) / (force * day);
        expect(found.mean / presentOrders(outlook, days, force)).toBeCloseTo(1, 10);
        expect(found.squares / limit(outlook, days, (day) => Math.exp(-2 * force * day))).toBeCloseTo(1, 8);
        expect(found.pairs / limit(outlook, days, pairWorth, pairsUntil)).toBeCloseTo(1, 7);
      }),
      { numRuns: effort(10, 300) },
    );
  });
});
