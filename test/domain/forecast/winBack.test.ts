import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../../lib/domain/clustering/fit/random.ts";
import type { Fitted } from "../../../lib/domain/forecast/fit/parameterDraws.ts";
import { simulateSpend } from "../../../lib/domain/forecast/fit/simulate.ts";
import { beta, exponential, gamma } from "../../../lib/domain/forecast/numeric/variates.ts";
import { outlookOf } from "../../../lib/domain/forecast/outlook.ts";
import { winBackOf, winBackSums } from "../../../lib/domain/forecast/winBack.ts";
import { effort } from "../../support/effort.ts";

const FITTED: Fitted = {
  ...{ model: "bg-nbd", lifetime: { r: 0.6, alpha: 45, a: 0.8, b: 3 } },
  spend: { p: 5, q: 4, gamma: 25 },
};
const CUSTOMERS = 600;
const column = (of: (at: number) => number) => Float64Array.from({ length: CUSTOMERS }, (_, at) => of(at));
const repeats = (at: number) => at % 5;
const customers = {
  repeatOrders: column(repeats),
  recencyDays: column((at) => (repeats(at) === 0 ? 0 : 5 + ((at * 7) % 100))),
  ageDays: column((at) => 150 + ((at * 13) % 300)),
  repeatSpend: column((at) => repeats(at) * (20 + (at % 30))),
};
const segments = Array.from({ length: CUSTOMERS }, (_, at) => (at % 3 === 0 ? "Lost" : "At Risk"));

/** What one customer brings in 90 days who is there again, by the model itself, each amount for what it is worth today. */
function broughtBy(random: Random, at: number, discountRate: number): number {
  const { lifetime, spend } = FITTED;
  const [x, recency, age] = [customers.repeatOrders[at], customers.recencyDays[at], customers.ageDays[at]];
  const outlook = outlookOf("bg-nbd", lifetime, { repeatOrders: x, recency, age });
  if (spend === null || random() < outlook.pAlive || random() >= 0.1) return 0;
  const rate = gamma(random, outlook.shape) / outlook.rate;
  const leaving = beta(random, outlook.a, outlook.b);
  const amounts = gamma(random, spend.p * x + spend.q) / (spend.gamma + customers.repeatSpend[at]);
  let brought = 0;
  for (let day = exponential(random) / rate; day <= 90; day += exponential(random) / rate) {
    brought += simulateSpend(random, spend, amounts, 1) * (1 + discountRate) ** (-day / 365);
    if (random() < leaving) break;
  }
  return brought;
}

describe("one in ten of those gone, won back", () => {
  it.each([0, 1])("bring what simulated campaigns bring, nine times in ten within the interval: rate %d", (rate) => {
    const found = winBackOf(winBackSums(FITTED, [], customers, segments, rate));
    expect(found.map(({ segment }) => segment).sort()).toEqual(["At Risk", "Lost"]);
    const random = createRandom("win back");
    const campaigns = effort(300, 5_000);
    for (const { segment, value, valueLow, valueHigh, goneCustomers, wonBackCustomers } of found) {
      expect(wonBackCustomers).toBeCloseTo(goneCustomers / 10, 3);
      expect(wonBackCustomers).toBeGreaterThan(5);
      const brought = Array.from({ length: campaigns }, () =>
        segments.reduce((sum, of, at) => (of === segment ? sum + broughtBy(random, at, rate) : sum), 0),
      );
      const mean = brought.reduce((sum, one) => sum + one, 0) / campaigns;
      const deviation = Math.sqrt(brought.reduce((sum, one) => sum + (one - mean) ** 2, 0) / campaigns);
      expect(Math.abs(mean - value), segment).toBeLessThan((4 * deviation) / Math.sqrt(campaigns));
      const inside = brought.filter((one) => one >= (valueLow ?? 0) && one <= (valueHigh ?? 0)).length / campaigns;
      expect(inside, segment).toBeGreaterThan(effort(0.84, 0.88));
      expect(inside, segment).toBeLessThan(effort(0.97, 0.95));
    }
  });

  it("bring less where amounts are discounted, and the same where the rate is 0", () => {
    const whole = winBackOf(winBackSums(FITTED, [], customers, segments));
    expect(winBackOf(winBackSums(FITTED, [], customers, segments, 0))).toEqual(whole);
    winBackOf(winBackSums(FITTED, [], customers, segments, 0.1)).forEach((discounted, at) => {
      const share = discounted.value / whole[at].value;
      expect(share).toBeGreaterThan(1.1 ** (-90 / 365));
      expect(share).toBeLessThan(1);
      expect((discounted.valueHigh ?? 0) / (whole[at].valueHigh ?? 0)).toBeCloseTo(share, 2);
    });
  });

  it("add up over the parts of a segment, and have no interval where they are few", () => {
    const whole = winBackSums(FITTED, [], customers, segments);
    const part = (from: number, to: number) =>
      winBackSums(
        FITTED,
        [],
        Object.fromEntries(Object.entries(customers).map(([name, values]) => [name, values.slice(from, to)])) as never,
        segments.slice(from, to),
      );
    expect(winBackOf([...part(0, 250), ...part(250, CUSTOMERS)])).toEqual(winBackOf(whole));
    expect(winBackOf(part(0, 30))[0]).toMatchObject({ valueLow: null, valueHigh: null });
    expect(winBackSums({ ...FITTED, spend: null }, [], customers, segments)).toEqual([]);
  });
});
