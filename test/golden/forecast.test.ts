import { describe, expect, it } from "vitest";
import { fitLifetime } from "../../lib/domain/forecast/fit/lifetimeFit.ts";
import { fitSpend } from "../../lib/domain/forecast/fit/spendFit.ts";
import { type Forecast, forecastSchema } from "../../lib/domain/forecast/forecast.ts";
import { evaluateLifetime } from "../../lib/domain/forecast/numeric/lifetimeLikelihood.ts";
import { expectedOrders, expectedSpend, outlookOf, outlookOfNewcomer } from "../../lib/domain/forecast/outlook.ts";
import type { Fit, FitOrFailure, LifetimeParameters } from "../../lib/domain/forecast/types.ts";
import { discountForce, presentOrders } from "../../lib/domain/forecast/value/presentValue.ts";
import { rfmHere } from "../support/cli.ts";
import { temporaryFolder } from "../support/lake.ts";
import { CDNOW_FILE, type CdnowCustomer, cdnowCustomers, hasCdnow, lifetimeCells, spendCells } from "./cdnow.ts";

/** Fader, Hardie and Lee (2005), with the digits of lifetimes and CLVTools. */
const PUBLISHED: LifetimeParameters = { r: 0.2425945, alpha: 4.4136019, a: 0.7929199, b: 2.4258881 };

const PUBLISHED_SPEND = { p: 6.249571, q: 3.744225, gamma: 15.443525 };

function fitted<Parameters>(found: FitOrFailure<Parameters>): Fit<Parameters> {
  if (!found.isFitted) throw new Error(JSON.stringify(found));
  return found;
}

function expectClose(found: object, published: object, tolerance: number): void {
  const values = found as Readonly<Record<string, number>>;
  for (const [name, value] of Object.entries(published)) {
    expect(Math.abs(values[name] - value), `${name} ${values[name]}`).toBeLessThanOrEqual(tolerance);
  }
}

describe.skipIf(!hasCdnow)("CDNOW (skipped without ../shared)", () => {
  const customers = hasCdnow ? cdnowCustomers() : [];
  const cells = lifetimeCells(customers);
  const groups = Array.from({ length: 8 }, (_, x) =>
    customers.filter(({ repeatOrders }) => Math.min(7, repeatOrders) === x),
  );

  it("fits BG/NBD to the published parameters, standard errors and log-likelihood", () => {
    const { parameters, standardErrors, logLikelihood } = fitted(fitLifetime("bg-nbd", cells));
    expectClose(parameters, PUBLISHED, 2e-5);
    expectClose(standardErrors, { r: 0.012557, alpha: 0.378221, a: 0.185719, b: 0.705345 }, 5e-4);
    expect(logLikelihood).toBeCloseTo(-9582.4292, 3);
  });

  it("fits MBG/NBD to the published parameters", () => {
    expectClose(fitted(fitLifetime("mbg-nbd", cells)).parameters, { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 }, 5e-4);
  });

  it("fits Gamma-Gamma to the published parameters and log-likelihood", () => {
    const { parameters, logLikelihood } = fitted(fitSpend(spendCells(customers)));
    expectClose(parameters, { p: 6.249571, q: 3.744225, gamma: 15.443525 }, 5e-6);
    expect(logLikelihood).toBeCloseTo(-4055.9177, 3);
  });

  it("finds the same optimum in days as in weeks", () => {
    const inDays = customers.map((customer) => ({ ...customer, recency: customer.recency * 7, age: customer.age * 7 }));
    const { parameters } = fitted(fitLifetime("bg-nbd", lifetimeCells(inDays)));
    expectClose({ ...parameters, alpha: parameters.alpha / 7 }, PUBLISHED, 2e-5);
  });

  it("has every customer's expected orders, P(alive) and spend of the reference", () => {
    const published = fitted(fitLifetime("bg-nbd", cells)).parameters;
    const spend = fitted(fitSpend(spendCells(customers))).parameters;
    for (const customer of customers) {
      const outlook = outlookOf("bg-nbd", published, customer);
      expect(Math.abs(expectedOrders(outlook, 39) - customer.expectedOrders), customer.id).toBeLessThan(1e-6);
      expect(Math.abs(outlook.pAlive - customer.pAlive), customer.id).toBeLessThan(1e-6);
      const amount = expectedSpend(spend, customer.repeatOrders, customer.meanSpend);
      expect(Math.abs(amount - customer.expectedSpend), customer.id).toBeLessThan(1e-5);
    }
  });

  it("expects of newcomers what the paper and CLVTools print", () => {
    const newcomer = outlookOfNewcomer("bg-nbd", PUBLISHED);
    const table = { 0.1429: 0.0078, 1: 0.0532, 3: 0.1506, 31.8571: 1.0405, 32: 1.0437 };
    for (const [weeks, orders] of Object.entries(table)) {
      expect(Math.abs(expectedOrders(newcomer, Number(weeks)) - orders), weeks).toBeLessThanOrEqual(5.01e-5);
    }
    // CLVTools stops at an optimum that differs in the sixth digit.
    expect(expectedOrders(newcomer, 52) / 1.444004).toBeCloseTo(1, 4);
    expect(expectedOrders(newcomer, 78) / 1.8576).toBeCloseTo(1, 3);
  });

  it("expects of single customers what the papers print", () => {
    const of = (repeatOrders: number, recency: number, age: number) =>
      outlookOf("bg-nbd", PUBLISHED, { repeatOrders, recency, age });
    expect(expectedOrders(of(2, 30.43, 38.86), 39)).toBeCloseTo(1.226, 3);
    expect(expectedOrders(of(26, 30.857142857, 31), 52) / 25.75659).toBeCloseTo(1, 4);
    expect(of(26, 30.857142857, 31).pAlive).toBeCloseTo(0.9688523, 5);
    const table = { 10: 0.3474606, 15: 0.04283391, 20: 0.004158973, 25: 0.0003583685 };
    for (const [x, orders] of Object.entries(table)) {
      expect(expectedOrders(of(Number(x), 20, 39), 52) / orders, x).toBeCloseTo(1, 3);
    }
  });

  it("expects by repeat orders what the paper has for the 39 weeks after", () => {
    const mean = (group: CdnowCustomer[], value: (customer: CdnowCustomer) => number): number =>
      group.reduce((sum, customer) => sum + value(customer), 0) / group.length;
    const actual = [0.2367, 0.697, 1.3925, 1.56, 2.5323, 2.9474, 3.8621, 6.3594];
    const expected = [0.2251, 0.5231, 1.0441, 1.5203, 2.1639, 2.6538, 3.504, 6.1572];
    groups.forEach((group, x) => {
      expect(mean(group, ({ holdoutOrders }) => holdoutOrders)).toBeCloseTo(actual[x], 3);
      const forecast = mean(group, (customer) => expectedOrders(outlookOf("bg-nbd", PUBLISHED, customer), 39));
      expect(Math.abs(forecast - expected[x]), String(x)).toBeLessThanOrEqual(1.01e-4);
    });
  });

  it("tracks cumulative repeat orders as the paper does", () => {
    const newcomer = outlookOfNewcomer("bg-nbd", PUBLISHED);
    const until = (week: number): number =>
      customers.reduce((sum, { age }) => {
        const first = 272 / 7 - age; // Weeks from 1 January to the first order.
        return week > first ? sum + expectedOrders(newcomer, week - first) : sum;
      }, 0);
    const table = [1312.458, 1387.346, 1460.392, 1531.713, 1601.418, 1669.6];
    table.forEach((orders, at) => {
      expect(Math.abs(until(20 + at) - orders), `week ${20 + at}`).toBeLessThanOrEqual(2e-3);
    });
  });
});

async function expectedIn90Days(cwd: string, ...flags: string[]): Promise<Forecast> {
  const { stdout } = await rfmHere(["forecast", "--horizon", "90", "--json", ...flags], { cwd });
  return forecastSchema.strict().parse(JSON.parse(stdout));
}

describe.skipIf(!hasCdnow)("rfm forecast over CDNOW (skipped without ../shared)", () => {
  it("prints the published figures from the file, knowing nothing after the date", async () => {
    const cwd = temporaryFolder();
    const flags = ["--returns", "count", "--quiet"];
    const run = await rfmHere(["run", CDNOW_FILE, ...flags], { cwd });
    expect(run.stderr).toBe("");
    const asked = ["forecast", "--as-of", "1997-09-30", "--time-unit", "week"];
    const { stdout } = await rfmHere([...asked, "--json"], { cwd });
    const forecast = forecastSchema.strict().parse(JSON.parse(stdout));
    expect(forecast).toMatchObject({ customers: 2357, repeatBuyers: 946, historyDays: 273, horizonDays: 273 });
    expect(forecast.lifetime?.model).toBe("bg-nbd");
    expectClose(forecast.lifetime?.parameters ?? {}, PUBLISHED, 2e-5);
    expect(forecast.lifetime?.logLikelihood).toBeCloseTo(-9582.4292, 3);
    expectClose(forecast.spend?.parameters ?? {}, { p: 6.249571, q: 3.744225, gamma: 15.443525 }, 5e-6);
    expect(forecast.spend?.logLikelihood).toBeCloseTo(-4055.9177, 3);
    expect(forecast.check?.byRepeatOrders.map((row) => row.customers)).toEqual([1411, 439, 214, 100, 62, 38, 29, 64]);
    expect(forecast.check?.byRepeatOrders.map((row) => Number(row.actual.toFixed(4)))).toEqual([
      0.2367, 0.697, 1.3925, 1.56, 2.5323, 2.9474, 3.8621, 6.3594,
    ]);
    const weeks = forecast.tracking?.slice(19, 25);
    expect(weeks?.map(({ actual }) => actual)).toEqual([1359, 1414, 1484, 1517, 1573, 1672]);
    expect(Math.abs((weeks?.[0]?.expected ?? 0) - 1312.458)).toBeLessThan(2e-3);
    const { stdout: text } = await rfmHere([...asked, "--model", "mbg-nbd", "--discount", "0.1"], { cwd });
    expect(text).toMatch(/ r +0\.52\d+/);
    expect(text).toContain("discounted at 10.0% a year");
    const percent = await rfmHere([...asked, "--discount", "10"], { cwd });
    expect(percent.stderr).toContain("It must be a number from 0 to 1, like 0.1 for 10% a year.");
    const early = await rfmHere(["forecast", "--as-of", "1997-03-31"], { cwd });
    expect(early.stdout).toContain("No forecast. The history until 1997-03-31 has 90 days");
    const late = await rfmHere(["forecast", "--as-of", "2001-01-01"], { cwd });
    expect(late.stderr).toContain("FORECAST_DATE");

    // The run of that day forecasts each customer as the reference does, and discounts money alone.
    const atRate = ["--set", "forecast.discountRate=0.1"];
    await rfmHere(["run", "--returns", "count", "--snapshot-date", "1997-10-01", "--quiet", ...atRate], { cwd });
    const whole = await expectedIn90Days(cwd, "--discount", "0");
    const present = await expectedIn90Days(cwd);
    expect([whole.discountRate, present.discountRate]).toEqual([undefined, 0.1]);
    expect(present.totals?.orders).toEqual(whole.totals?.orders);
    const [value, undiscounted] = [present.totals?.value, whole.totals?.value];
    for (const name of ["expected", "low", "high"] as const) {
      const share = (value?.[name] ?? 0) / (undiscounted?.[name] ?? 1);
      expect(share).toBeGreaterThan(1.1 ** (-90 / 365));
      expect(share).toBeLessThan(1);
    }
    const sql =
      "select customer_id, p_alive, expected_orders_90d, expected_value_90d from current_forecasts order by customer_id";
    const listed = await rfmHere(["query", "--format", "csv", sql], { cwd });
    const [, ...rows] = listed.stdout.trim().split("\n");
    expect(rows).toHaveLength(2357);
    const asExpected = ["--min-expected-value", "100", "--p-alive-below", "0.95"];
    const exported = await rfmHere(["export", ...asExpected, "--columns", "customer_id"], { cwd });
    const chosen =
      "select customer_id from current_forecasts where expected_value_90d >= 100 and p_alive < 0.95 order by 1";
    expect(exported.stdout).toBe((await rfmHere(["query", "--format", "csv", chosen], { cwd })).stdout);
    expect(exported.stdout.split("\n").length).toBeGreaterThan(5);
    // The headline is the sum of the customers, who are rounded to ten-thousandths each.
    const summed = rows.reduce((sum, row) => sum + Number(row.split(",")[3]), 0);
    expect(Math.abs(summed - (value?.expected ?? 0))).toBeLessThan(0.5e-4 * rows.length);
    const reference = cdnowCustomers();
    rows.forEach((row, at) => {
      const [id, pAlive, orders, value90] = row.split(",");
      const customer = reference[at];
      expect(id).toBe(customer.id);
      expect(Math.abs(Number(pAlive) - customer.pAlive), id).toBeLessThan(5e-6);
      const outlook = outlookOf("bg-nbd", PUBLISHED, customer);
      expect(Math.abs(Number(orders) - expectedOrders(outlook, 90 / 7)), id).toBeLessThan(1e-4);
      const worth = presentOrders(outlook, 90 / 7, discountForce(0.1, 7));
      const amount = expectedSpend(PUBLISHED_SPEND, customer.repeatOrders, customer.meanSpend);
      expect(Math.abs(Number(value90) - worth * amount), id).toBeLessThan(2e-4 * (1 + worth * amount));
    });
  });
});

describe("the stability note of Hardie", () => {
  it.each([
    [0, 0, 40, -0.59947382],
    [200, 38, 40, 100.7957],
  ])("x = %d", (x, recency, age, published) => {
    const cell = [[x], [recency], [age], [1]].map((values) => Float64Array.from(values));
    const [repeatOrders, last, first, customers] = cell;
    const cells = { repeatOrders, recency: last, age: first, customers };
    const { value } = evaluateLifetime("bg-nbd", cells, { r: 0.25, alpha: 4, a: 0.8, b: 2.5 });
    expect(value).toBeCloseTo(published, x === 0 ? 8 : 4);
  });
});
