import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../lib/domain/clustering/fit/random.ts";
import { forecastCustomers, HORIZONS } from "../../../lib/domain/forecast/customerForecast.ts";
import type { Fitted } from "../../../lib/domain/forecast/fit/parameterDraws.ts";
import { makeForecast } from "../../../lib/domain/forecast/makeForecast.ts";
import { beta, exponential, gamma } from "../../../lib/domain/forecast/numeric/variates.ts";
import { outlookOf } from "../../../lib/domain/forecast/outlook.ts";
import { totalsOf } from "../../../lib/domain/forecast/totals.ts";
import { discountForce } from "../../../lib/domain/forecast/value/presentValue.ts";
import { quantile } from "../../../lib/domain/rfm/quantile.ts";

import { lifetimeCellsOf } from "./support.ts";

const FITTED: Fitted = {
  model: "bg-nbd",
  lifetime: { r: 0.7, alpha: 50, a: 0.8, b: 2.5 },
  spend: { p: 5, q: 4, gamma: 25 },
};
const DRAWS = [{ lifetime: FITTED.lifetime, spend: FITTED.spend }];

function forecastOne(
  repeatOrders: number,
  recencyDays: number,
  ageDays: number,
  repeatSpend: number,
  discountRate?: number,
) {
  const one = (value: number) => Float64Array.of(value);
  const customers = {
    ...{ repeatOrders: one(repeatOrders), recencyDays: one(recencyDays) },
    ...{ ageDays: one(ageDays), repeatSpend: one(repeatSpend) },
  };
  return forecastCustomers(FITTED, DRAWS, customers, discountRate);
}

/** What a customer of that history does within a time, again and again: orders and money, drawn step by step. */
function simulated(
  repeatOrders: number,
  recency: number,
  age: number,
  repeatSpend: number,
  time: number,
  { runs, discountRate = 0 }: { readonly runs: number; readonly discountRate?: number },
) {
  const random = createRandom("customer");
  const outlook = outlookOf(FITTED.model, FITTED.lifetime, { repeatOrders, recency, age });
  const { p, q, gamma: scale } = FITTED.spend as NonNullable<Fitted["spend"]>;
  const orders = new Float64Array(runs);
  const money = new Float64Array(runs);
  for (let run = 0; run < runs; run++) {
    if (random() >= outlook.pAlive) continue;
    const rate = gamma(random, outlook.shape) / outlook.rate;
    const leaving = beta(random, outlook.a, outlook.b);
    const amounts = gamma(random, p * repeatOrders + q) / (scale + repeatSpend);
    for (let at = exponential(random) / rate; at <= time; at += exponential(random) / rate) {
      orders[run]++;
      money[run] += (gamma(random, p) / amounts) * (1 + discountRate) ** (-at / 365);
      if (random() < leaving) break;
    }
  }
  return { orders, money };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("a customer's forecast", () => {
  it.each([
    [0, 0, 200, 0],
    [3, 150, 170, 75],
    [25, 340, 350, 1200],
  ])(
    "%d repeat orders until %d of %d days: means and limits are those of the customer simulated",
    (x, recency, age, spent) => {
      const found = forecastOne(x, recency, age, spent);
      HORIZONS.forEach((days, h) => {
        const { orders, money } = simulated(x, recency, age, spent, days, { runs: 20_000 });
        const scatter = (values: Float64Array, average: number) =>
          4 * Math.sqrt(mean(values.map((value) => (value - average) ** 2)) / values.length);
        const expected = found.orders[h].expected[0];
        expect(Math.abs(mean(orders) - expected)).toBeLessThan(scatter(orders, expected));
        expect(Math.abs(mean(money) - found.values[h].expected[0])).toBeLessThan(scatter(money, mean(money)));
        // Limits: about 5 % lie below and above.
        const below = (values: Float64Array, limit: number) => mean(values.map((value) => (value < limit ? 1 : 0)));
        const above = (values: Float64Array, limit: number) => mean(values.map((value) => (value > limit ? 1 : 0)));
        for (const [values, triple] of [
          [orders, found.orders[h]],
          [money, found.values[h]],
        ] as const) {
          expect(below(values, triple.low[0])).toBeLessThan(0.055);
          expect(above(values, triple.high[0])).toBeLessThan(0.055);
        }
        const sorted = money.slice().sort();
        if (found.values[h].high[0] > 0) expect(found.values[h].high[0] / quantile(sorted, 0.95)).toBeCloseTo(1, 1);
      });
    },
  );

  it.each([
    [0, 0, 200, 0],
    [3, 150, 170, 75],
    [25, 340, 350, 625],
  ])("%d repeat orders, discounted: the value and its limits are those of the customer simulated", (...history) => {
    const days = 365;
    for (const discountRate of [0.1, 1]) {
      const found = forecastOne(...history, discountRate).values[HORIZONS.indexOf(days)];
      const { money } = simulated(...history, days, { runs: 20_000, discountRate });
      const average = mean(money);
      const deviation = Math.sqrt(mean(money.map((value) => (value - average) ** 2)) / money.length);
      expect(Math.abs(average - found.expected[0])).toBeLessThan(4 * deviation);
      const sorted = money.slice().sort();
      expect(found.low[0]).toBe(0);
      expect(quantile(sorted, 0.05)).toBe(0);
      expect(Math.abs(found.high[0] / quantile(sorted, 0.95) - 1)).toBeLessThan(0.03);
    }
  });

  it("is the same without a rate and with one of nothing, and discounts values alone", () => {
    const history = [3, 150, 170, 75] as const;
    const whole = forecastOne(...history);
    expect(forecastOne(...history, 0)).toEqual(whole);
    const { values, ...rest } = forecastOne(...history, 0.1);
    const { values: undiscounted, ...others } = whole;
    expect(rest).toEqual(others);
    values.forEach((triple, h) => {
      for (const name of ["expected", "high"] as const) {
        expect(triple[name][0]).toBeLessThan(undiscounted[h][name][0]);
        expect(triple[name][0]).toBeGreaterThan(undiscounted[h][name][0] * 1.1 ** (-HORIZONS[h] / 365));
      }
    });
  });

  it("is late against the customer's own rhythm, not a common threshold", () => {
    // Weekly orders for a year, then four weeks of silence; and monthly ones.
    expect(forecastOne(52, 364, 392, 0).isLate[0]).toBe(1);
    expect(forecastOne(12, 364, 392, 0).isLate[0]).toBe(0);
    expect(forecastOne(0, 0, 900, 0).isLate[0]).toBe(0);
  });

  it("names the next order where it is near enough", () => {
    const weekly = forecastOne(52, 364, 366, 0).nextOrderDays;
    expect(weekly.low[0]).toBeLessThanOrEqual(weekly.expected[0]);
    expect(weekly.expected[0]).toBeLessThan(10);
    expect(weekly.high[0]).toBeGreaterThan(weekly.expected[0]);
    expect(forecastOne(0, 0, 900, 0).nextOrderDays.high[0]).toBeNaN();
  });

  it("adds up to the totals of all customers, whatever each of them spent", () => {
    const history = fc.record({
      x: fc.integer({ min: 0, max: 4 }),
      recency: fc.constantFrom(10, 90),
      // What came back may be more than what was spent.
      spend: fc.integer({ min: -50, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(history, { minLength: 1, maxLength: 30 }), fc.constantFrom(0, 0.1), (found, rate) => {
        const rows = found.map(({ x, recency, spend }) => ({ x, recency: x === 0 ? 0 : recency, spend }));
        rows.sort((a, b) => a.x - b.x || a.recency - b.recency);
        const column = <Row>(of: readonly Row[], value: (row: Row) => number) => Float64Array.from(of, value);
        const cells = [...Map.groupBy(rows, ({ x, recency }) => `${x} ${recency}`).values()];
        const buyers = rows.filter(({ x, spend }) => x > 0 && spend > 0);
        const totals = totalsOf(
          FITTED,
          DRAWS,
          {
            cells: {
              repeatOrders: column(cells, ([row]) => row.x),
              recency: column(cells, ([row]) => row.recency),
              age: column(cells, () => 100),
              customers: column(cells, ({ length }) => length),
              totalRepeatSpend: column(cells, (own) => own.reduce((sum, { spend }) => sum + Math.max(0, spend), 0)),
            },
            spendCells: {
              repeatOrders: column(buyers, ({ x }) => x),
              meanSpend: column(buyers, ({ x, spend }) => spend / x),
              customers: column(buyers, () => 1),
            },
          },
          HORIZONS[1],
          discountForce(rate),
        );
        const customers = {
          repeatOrders: column(rows, ({ x }) => x),
          recencyDays: column(rows, ({ recency }) => recency),
          ageDays: column(rows, () => 100),
          repeatSpend: column(rows, ({ spend }) => spend),
        };
        const { orders, values, pAlive } = forecastCustomers(FITTED, DRAWS, customers, rate);
        const sum = (own: Float64Array): number => own.reduce((all, one) => all + one, 0);
        expect(sum(orders[1].expected) / totals.orders.expected).toBeCloseTo(1, 9);
        expect(sum(values[1].expected) / (totals.value?.expected ?? 0)).toBeCloseTo(1, 9);
        expect(sum(pAlive.expected) / totals.aliveCustomers).toBeCloseTo(1, 9);
      }),
      { numRuns: 50 },
    );
  });

  it("counts no order of money where there is no model of it", () => {
    const { values, orders } = forecastCustomers({ ...FITTED, spend: null }, DRAWS, {
      ...{ repeatOrders: Float64Array.of(3), recencyDays: Float64Array.of(90) },
      ...{ ageDays: Float64Array.of(100), repeatSpend: Float64Array.of(75) },
    });
    expect(orders[1].expected[0]).toBeGreaterThan(0);
    expect(values[1].expected[0]).toBeNaN();
  });
});

it("warns where repeat buyers have nothing left for the model of amounts to see", () => {
  const random = createRandom("left out");
  const histories = Array.from({ length: 400 }, () => {
    const age = 200 + Math.floor(random() * 200);
    const [rate, leaving] = [gamma(random, 0.7) / 50, beta(random, 0.8, 2.5)];
    let [repeatOrders, recency] = [0, 0];
    for (let at = exponential(random) / rate; at < age; at += exponential(random) / rate) {
      [repeatOrders, recency] = [repeatOrders + 1, at];
      if (random() < leaving) break;
    }
    return { repeatOrders, recency, age };
  });
  const cells = lifetimeCellsOf(histories);
  const spent = (at: number): number => (at % 5 === 0 ? 0 : 20 + 60 * random());
  const buyers = Array.from(cells.repeatOrders.keys()).filter((at) => cells.repeatOrders[at] > 0);
  const warningsWhere = (amounts: readonly number[]): readonly string[] => {
    const seen = buyers.filter((_, at) => amounts[at] > 0);
    return makeForecast({
      ...{ model: "bg-nbd", timeUnit: "day", asOf: "2024-01-01", horizonDays: 90, knownUntil: "2024-01-01", seed: 1 },
      cells: { ...cells, totalRepeatSpend: new Float64Array(histories.length) },
      spendCells: {
        repeatOrders: Float64Array.from(seen, (at) => cells.repeatOrders[at]),
        meanSpend: Float64Array.from(amounts.filter((amount) => amount > 0)),
        customers: new Float64Array(seen.length).fill(1),
      },
      ...{ later: null, orderDays: [], draws: 2 },
    }).forecast.warnings;
  };
  expect(warningsWhere(buyers.map((_, at) => spent(at))).join()).toContain(
    `${Math.ceil(buyers.length / 5)} of ${buyers.length} repeat buyers have nothing left of what they bought after their first day; `,
  );
  expect(warningsWhere(buyers.map(() => 20 + 60 * random())).join()).not.toMatch(/nothing left/);
});
