import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../../lib/domain/clustering/fit/random.ts";
import type { Fitted } from "../../../lib/domain/forecast/fit/parameterDraws.ts";
import { simulateOrders, simulateSpend, simulateSpendRate } from "../../../lib/domain/forecast/fit/simulate.ts";
import { normalBelow } from "../../../lib/domain/forecast/intervals.ts";
import { makeForecast } from "../../../lib/domain/forecast/makeForecast.ts";
import { totalsOf } from "../../../lib/domain/forecast/totals.ts";
import type { LifetimeModel, LifetimeParameters, SpendParameters } from "../../../lib/domain/forecast/types.ts";
import { effort, isFullEffort } from "../../support/effort.ts";
import { lifetimeCellsOf } from "./support.ts";

/** In days: half a year to two years since the first order, a quarter ahead. */
const TRUTH: Readonly<Record<LifetimeModel, LifetimeParameters>> = {
  "bg-nbd": { r: 0.6, alpha: 45, a: 0.8, b: 3 },
  "mbg-nbd": { r: 0.8, alpha: 50, a: 0.9, b: 3.2 },
};
const SPEND: SpendParameters = { p: 5, q: 4, gamma: 25 };
const HORIZON = 90;
const CUSTOMERS = 900;

/** A shop as the models have it, and what it did afterwards. */
function simulatedShop(random: Random, model: LifetimeModel) {
  const rows = Array.from({ length: CUSTOMERS }, () => {
    const age = 180 + Math.floor(random() * 540);
    const orders = simulateOrders(random, model, TRUTH[model], age + HORIZON);
    const known = orders.filter((at) => at <= age);
    const rate = simulateSpendRate(random, SPEND);
    const spent = (count: number) => (count === 0 ? 0 : simulateSpend(random, SPEND, rate, count));
    const repeatSpend = spent(known.length);
    const later = orders.length - known.length;
    const laterSpend = spent(later);
    return { repeatOrders: known.length, recency: known.at(-1) ?? 0, age, repeatSpend, later, laterSpend };
  }).sort((a, b) => a.repeatOrders - b.repeatOrders);
  const column = (name: keyof (typeof rows)[number]) => Float64Array.from(rows, (row) => row[name]);
  const buyers = rows.filter(({ repeatOrders }) => repeatOrders > 0);
  return {
    cells: { ...lifetimeCellsOf(rows), totalRepeatSpend: column("repeatSpend") },
    spendCells: {
      repeatOrders: Float64Array.from(buyers, ({ repeatOrders }) => repeatOrders),
      meanSpend: Float64Array.from(buyers, ({ repeatSpend, repeatOrders }) => repeatSpend / repeatOrders),
      customers: new Float64Array(buyers.length).fill(1),
    },
    customers: {
      repeatOrders: column("repeatOrders"),
      recencyDays: column("recency"),
      ageDays: column("age"),
      spend: column("repeatSpend"),
      repeatSpend: column("repeatSpend"),
      lastYearOrders: column("repeatOrders"),
      lastYearSpend: column("repeatSpend"),
      laterOrders: column("later"),
      laterSpend: column("laterSpend"),
    },
  };
}

/** Half the width of a normal distribution's middle 90 %, in standard deviations. */
const HALF_WIDTH = 1.6448536;

interface Interval {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How probably an interval holds what comes of a shop, by what its true parameters make of its histories. That is the
 * coverage without the luck of one future: what came is inside or not, which of 200 shops leaves 2.1 points open.
 */
function probabilityInside(interval: Interval | null, truth: Interval | null): number {
  if (interval === null || truth === null) throw new Error("no interval");
  const deviation = (truth.high - truth.low) / (2 * HALF_WIDTH);
  const below = (limit: number): number => normalBelow((limit - truth.expected) / deviation);
  return below(interval.high) - below(interval.low);
}

describe("nominal 90 % intervals", () => {
  it.each(["bg-nbd", "mbg-nbd"] as const)("cover what simulated shops of %s do", (model) => {
    const shops = effort(2, 200);
    const truth: Fitted = { model, lifetime: TRUTH[model], spend: SPEND };
    const within = { orders: 0, value: 0, r: 0, alpha: 0 };
    const came = { orders: 0, value: 0 };
    let [exact, inside] = [0, 0];
    for (let shop = 0; shop < shops; shop++) {
      const { customers, ...cells } = simulatedShop(createRandom(`coverage ${model} ${shop}`), model);
      const { forecast } = makeForecast({
        ...{ model, timeUnit: "day" as const, asOf: "2024-01-01", horizonDays: HORIZON, ...cells },
        later: { days: HORIZON, customers },
        ...{ orderDays: [], knownUntil: "2024-03-31", seed: shop },
      });
      const { totals, check, lifetime } = forecast;
      if (totals === null || check === null || check.coverage === null || lifetime === null) throw new Error("no fit");
      const exactly = totalsOf(truth, [truth], cells, HORIZON);
      for (const name of ["orders", "value"] as const) {
        const interval = totals[name];
        within[name] += probabilityInside(interval, exactly[name]) / shops;
        const { actual } = check[name];
        if (interval !== null && actual >= interval.low && actual <= interval.high) came[name] += 1 / shops;
      }
      for (const name of ["r", "alpha"] as const) {
        const error = lifetime.standardErrors[name] ?? Number.NaN;
        const isNear = Math.abs(lifetime.parameters[name] - TRUTH[model][name]) < HALF_WIDTH * error;
        within[name] += isNear ? 1 / shops : 0;
      }
      exact += check.coverage.exact / shops;
      inside += check.coverage.inside / shops;
    }
    if (isFullEffort) console.log(model, { exact, inside, ...within, came });
    // Whole orders: an interval of theirs holds more than it names.
    expect(inside).toBeGreaterThan(0.9);
    expect(exact).toBeGreaterThan(effort(0.86, 0.88));
    expect(exact).toBeLessThan(effort(0.94, 0.92));
    for (const name of ["orders", "value"] as const) {
      expect(within[name], name).toBeGreaterThan(effort(0.75, 0.88));
      expect(within[name], name).toBeLessThan(effort(0.97, 0.92));
    }
    // A share of few shops scatters: three of its standard deviations.
    const scatter = 3 * Math.sqrt((0.9 * 0.1) / shops);
    for (const share of [within.r, within.alpha, came.orders, came.value]) expect(share).toBeGreaterThan(0.9 - scatter);
  });
});
