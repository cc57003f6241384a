import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitLifetime } from "../../../lib/domain/forecast/fit/lifetimeFit.ts";
import { evaluateSpend } from "../../../lib/domain/forecast/fit/spendFit.ts";
import { evaluateLifetime } from "../../../lib/domain/forecast/numeric/lifetimeLikelihood.ts";
import { expectedOrders, expectedSpend, outlookOf, waitingTime } from "../../../lib/domain/forecast/outlook.ts";
import type { LifetimeModel, LifetimeParameters } from "../../../lib/domain/forecast/types.ts";
import { derivativeGap, lifetimeCellsOf } from "./support.ts";

const PARAMETERS: Readonly<Record<LifetimeModel, LifetimeParameters>> = {
  "bg-nbd": { r: 0.2425945, alpha: 4.4136019, a: 0.7929199, b: 2.4258881 },
  "mbg-nbd": { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 },
};

/**
 * From lifetimes 0.11.3 (BetaGeoFitter and ModifiedBetaGeoFitter with these parameters set:
 * conditional_probability_alive and conditional_expected_number_of_purchases_up_to_time), each within 2e-11 of the
 * papers' hypergeometric form in mpmath with 40 digits: model, repeat orders, recency, age; P(alive), expected orders
 * in 30/7, 90/7 and 365/7.
 */
const LIFETIMES: readonly (readonly [LifetimeModel, number, number, number, number, number, number, number])[] = [
  ["bg-nbd", 0, 0, 38.857142857143, 1.0, 0.023674331636879, 0.069079442491787, 0.25228956343782],
  [
    "bg-nbd",
    1,
    1.7142857142857,
    38.857142857143,
    0.21239020704829,
    0.025612787203927,
    0.073982963546962,
    0.26072069282767,
  ],
  ["bg-nbd", 2, 30.428571428571, 38.857142857143, 0.72661975980481, 0.15760759513109, 0.45248249514002, 1.562188234211],
  ["bg-nbd", 7, 36, 39, 0.86350667341436, 0.59879228994914, 1.6985967510224, 5.6474887234252],
  ["bg-nbd", 26, 30.857142857143, 31, 0.96885450141371, 2.9479179241627, 8.1957124540417, 25.809115327301],
  ["bg-nbd", 60, 12, 39, 2.762672887216e-24, 1.5840210748553e-23, 4.4486019525925e-23, 1.4377394784064e-22],
  ["bg-nbd", 0, 0, 1, 1.0, 0.1731934986912, 0.44872568776346, 1.2659200432461],
  ["bg-nbd", 120, 150, 150.5, 0.99045941274717, 3.2598067487594, 9.5791496406252, 35.67204064411],
  ["mbg-nbd", 0, 0, 38.857142857143, 0.38974300168552, 0.019122249078286, 0.055466025992001, 0.1981845867512],
  [
    "mbg-nbd",
    1,
    1.7142857142857,
    38.857142857143,
    0.17096748804052,
    0.0242410253296,
    0.069657261157979,
    0.2408690540375,
  ],
  ["mbg-nbd", 2, 30.428571428571, 38.857142857143, 0.7062150554622, 0.1652538039497, 0.47209224721067, 1.6008283708886],
  ["mbg-nbd", 7, 36, 39, 0.85218031377408, 0.58837369731764, 1.6608535205163, 5.4241450537382],
  ["mbg-nbd", 26, 30.857142857143, 31, 0.96549805476758, 2.8193069131542, 7.7935604443451, 24.048989744786],
  ["mbg-nbd", 60, 12, 39, 8.1977133661698e-23, 4.5240599479361e-22, 1.2636644679231e-21, 4.0053387778578e-21],
  ["mbg-nbd", 0, 0, 1, 0.62607661230452, 0.17720797220891, 0.45743269576271, 1.2582330942167],
  ["mbg-nbd", 120, 150, 150.5, 0.98934521035908, 3.2231109237286, 9.4496684825295, 34.862590229895],
];

const parametersOf = fc.record({
  r: fc.double({ min: 0.05, max: 5, noNaN: true }),
  alpha: fc.double({ min: 0.5, max: 50, noNaN: true }),
  a: fc.double({ min: 0.05, max: 5, noNaN: true }),
  b: fc.double({ min: 0.05, max: 20, noNaN: true }),
});
const historyOf = fc
  .record({
    repeatOrders: fc.nat(60),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    age: fc.integer({ min: 1, max: 300 }),
  })
  .map(({ repeatOrders, share, age }) => ({ repeatOrders, age, recency: repeatOrders === 0 ? 0 : share * age }));
const modelOf = fc.constantFrom<LifetimeModel>("bg-nbd", "mbg-nbd");

describe("single customers", () => {
  it.each(LIFETIMES)(
    "%s with %d repeat orders until %d of %d: as lifetimes and the papers",
    (model, x, recency, age, ...figures) => {
      const outlook = outlookOf(model, PARAMETERS[model], { repeatOrders: x, recency, age });
      const [pAlive, ...orders] = figures;
      expect(outlook.pAlive / pAlive).toBeCloseTo(1, 10);
      [30, 90, 365].forEach((days, at) => {
        expect(expectedOrders(outlook, days / 7) / orders[at]).toBeCloseTo(1, 10);
      });
    },
  );

  it("expects the spend that lifetimes does", () => {
    const parameters = { p: 6.249571, q: 3.744225, gamma: 15.443525 };
    expect(expectedSpend(parameters, 0, 0)).toBeCloseTo(35.170369039629, 9);
    expect(expectedSpend(parameters, 1, 11.77)).toBeCloseTo(18.910019378667, 9);
    expect(expectedSpend(parameters, 26, 39.97)).toBeCloseTo(39.890286736835, 9);
  });

  it("is smooth where a passes 1, and right when hardly anything is expected or very much", () => {
    const at = (a: number): number =>
      expectedOrders(outlookOf("bg-nbd", { r: 0.5, alpha: 5, a, b: 2 }, { repeatOrders: 3, recency: 9, age: 10 }), 20);
    expect(at(1 + 1e-9)).toBeCloseTo(at(1), 8);
    expect(at(1 - 1e-9)).toBeCloseTo(at(1), 8);
    const soon = outlookOf("bg-nbd", PARAMETERS["bg-nbd"], { repeatOrders: 0, recency: 0, age: 30 });
    expect(expectedOrders(soon, 1e-9) / ((soon.shape / soon.rate) * 1e-9)).toBeCloseTo(1, 8);
    // Orders by the thousand, so that the first probabilities have no double; nearly nobody leaves.
    const busy = { shape: 5000, rate: 100, a: 1e-9, b: 1, pAlive: 1 };
    expect(expectedOrders(busy, 200) / 10_000).toBeCloseTo(1, 6);
  });

  it("never has a number that is none", () => {
    fc.assert(
      fc.property(
        modelOf,
        parametersOf,
        historyOf,
        fc.double({ min: 0.01, max: 500, noNaN: true }),
        (model, p, history, time) => {
          const outlook = outlookOf(model, p, history);
          expect(outlook.pAlive).toBeGreaterThanOrEqual(0);
          expect(outlook.pAlive).toBeLessThanOrEqual(1);
          const orders = expectedOrders(outlook, time);
          // Nobody is expected to order more than one who never leaves.
          expect(orders).toBeGreaterThanOrEqual(0);
          expect(orders).toBeLessThanOrEqual(((outlook.shape * time) / outlook.rate) * (1 + 1e-9));
          expect(waitingTime(outlook, 0.5)).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe("likelihoods", () => {
  it("have the derivatives that differences of their values have", () => {
    fc.assert(
      fc.property(modelOf, parametersOf, fc.array(historyOf, { minLength: 1, maxLength: 8 }), (model, p, histories) => {
        const cells = lifetimeCellsOf(histories);
        const at = ([r, alpha, a, b]: readonly number[]) => evaluateLifetime(model, cells, { r, alpha, a, b });
        expect(derivativeGap(at, [p.r, p.alpha, p.a, p.b])).toBeLessThan(1e-4);
      }),
      { numRuns: 50 },
    );
  });

  it("of spend do, too", () => {
    const positive = (max: number) => fc.double({ min: 0.2, max, noNaN: true });
    const cellOf = fc.tuple(fc.integer({ min: 1, max: 40 }), positive(200), fc.integer({ min: 1, max: 9 }));
    const cellsOf = fc.array(cellOf, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.tuple(positive(9), positive(9), positive(90)), cellsOf, (p, rows) => {
        const column = (at: number) => Float64Array.from(rows, (row) => row[at]);
        const cells = { repeatOrders: column(0), meanSpend: column(1), customers: column(2) };
        expect(derivativeGap(([a, b, c]) => evaluateSpend(cells, { p: a, q: b, gamma: c }), p)).toBeLessThan(1e-4);
      }),
      { numRuns: 50 },
    );
  });

  it("find the negative binomial distribution where nobody is seen to leave", () => {
    // Everybody ordered to the end: as often as the age says, at two rates.
    const histories = Array.from({ length: 200 }, (_, at) => {
      const repeatOrders = at % 2 === 0 ? 2 + (at % 5) : 12 + (at % 7);
      return { repeatOrders, age: 300, recency: 300 };
    });
    const found = fitLifetime("bg-nbd", lifetimeCellsOf(histories));
    expect(found).toMatchObject({ isFitted: true, parameters: { a: 0, b: 1 } });
    if (!found.isFitted) throw new Error("not fitted");
    // With a = 0 the expectation is that of the distribution: (r + x) (T + t) / (alpha + T) - …, linear in time.
    const { r, alpha } = found.parameters;
    const outlook = outlookOf("bg-nbd", found.parameters, { repeatOrders: 4, recency: 280, age: 300 });
    expect(outlook.pAlive).toBe(1);
    expect(expectedOrders(outlook, 50)).toBeCloseTo(((r + 4) * 50) / (alpha + 300), 9);
  });

  it("say so when there is no maximum: nobody ever ordered twice", () => {
    const cells = lifetimeCellsOf([10, 20, 30].map((age) => ({ repeatOrders: 0, recency: 0, age })));
    const found = fitLifetime("bg-nbd", cells);
    expect(found.isFitted).toBe(false);
  });
});
