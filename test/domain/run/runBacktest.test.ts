import { describe, expect, it } from "vitest";
import { createRandom, randomInteger } from "../../../lib/domain/clustering/fit/random.ts";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { scorePlanOf } from "../../../lib/domain/config/scoreSettings.ts";
import { scoreBreakpoints } from "../../../lib/domain/rfm/quantile.ts";
import { DEFAULT_SEGMENT_TABLE } from "../../../lib/domain/rfm/segments.ts";
import { backtestSchema } from "../../../lib/domain/run/backtest.ts";
import { contest, verdictOf } from "../../../lib/domain/run/backtestVerdict.ts";
import { differenceIntervals, groupMeanIntervals } from "../../../lib/domain/run/bootstrap.ts";
import { type BacktestInput, orderSegments, runBacktest } from "../../../lib/domain/run/runBacktest.ts";
import { hasGoldenData, readGolden } from "../../golden/onlineRetail.ts";

/** Customers who spend afterwards in proportion to what `of` says. */
function inputOf(n: number, of: (row: { recency: number; monetary: number }) => number): BacktestInput {
  const random = createRandom("shop");
  const column = (make: () => number) => Float64Array.from({ length: n }, make);
  const recencyDays = column(() => 1 + randomInteger(random, 300));
  const frequency = column(() => 1 + randomInteger(random, 12));
  const monetaryUnits = column(() => 10_000 * (1 + randomInteger(random, 5_000)));
  const spendUnits = recencyDays.map((recency, row) =>
    Math.round(10_000 * of({ recency, monetary: (monetaryUnits[row] as number) / 10_000 })),
  );
  const orders = spendUnits.map((spend) => (spend > 0 ? 1 : 0));
  return {
    customers: {
      customerId: Array.from(recencyDays, (_, row) => `c${row}`),
      recencyDays,
      frequency,
      monetaryUnits,
      orders,
      spendUnits,
    },
    ...{ holdoutDays: 90, cutDate: "2024-05-01", sampledOneIn: 1 },
    ...{ scorePlan: scorePlanOf(parseConfig({}).scores), repeatEdges: [], segments: DEFAULT_SEGMENT_TABLE },
    features: ["recency_days", "frequency", "monetary"].map((name) => ({ name, transform: "log1p" as const })),
    ...{ asinhScale: 10, k: 4, labelNames: {}, seed: 42 },
  };
}

describe("runBacktest", () => {
  const recent = inputOf(600, ({ recency }) => (recency < 60 ? 100 : 0));
  const backtest = runBacktest(recent);

  it("divides by a mixture where the run does", () => {
    const clustersOf = (input: BacktestInput) => runBacktest(input).groups.filter(({ kind }) => kind === "cluster");
    const mixture = { covariance: "full" as const, floor: 0.02 };
    const found = clustersOf({ ...recent, mixture });
    expect(found.reduce((sum, { customers }) => sum + customers, 0)).toBe(600);
    expect(found.map(({ customers }) => customers)).not.toEqual(clustersOf(recent).map(({ customers }) => customers));
    expect(clustersOf({ ...recent, mixture })).toEqual(found);
  });

  it("divides everybody three times, and their money to the penny", () => {
    expect(backtestSchema.strict().parse(backtest)).toEqual(backtest);
    const total = recent.customers.spendUnits.reduce((sum, units) => sum + units, 0) / 10_000;
    for (const kind of ["segment", "cluster", "spend-decile"]) {
      const groups = backtest.groups.filter((group) => group.kind === kind);
      expect(groups.reduce((sum, { customers }) => sum + customers, 0)).toBe(600);
      const spent = groups.reduce((sum, { customers, averageSpend }) => sum + customers * averageSpend, 0);
      expect(spent).toBeCloseTo(total, 0);
      for (const { low, averageSpend, high } of groups) {
        expect(low).toBeLessThanOrEqual(averageSpend);
        expect(averageSpend).toBeLessThanOrEqual(high);
      }
    }
    expect(backtest.groups.filter(({ kind }) => kind === "spend-decile").map(({ customers }) => customers)).toEqual(
      new Array(10).fill(60),
    );
    expect(backtest.groups.filter(({ kind }) => kind === "cluster")).toHaveLength(4);
  });

  it("is the same each time, and whatever the unused days would say to the groups", () => {
    expect(runBacktest(recent)).toEqual(backtest);
    const other = inputOf(600, ({ monetary }) => monetary);
    const sizes = (groups: typeof backtest.groups) =>
      groups.map(({ kind, name, customers }) => [kind, name, customers]);
    expect(sizes(runBacktest(other).groups)).toEqual(sizes(backtest.groups));
  });

  it("says so when segments find more, when spend alone does, and when nobody bought", () => {
    expect(backtest.verdict).toContain("segments found more of it than spend alone");
    expect(backtest.verdict).toContain("segments did better than spend alone");
    const faithful = runBacktest(inputOf(600, ({ monetary }) => monetary));
    expect(faithful.verdict).toContain("spend alone found more of it than segments");
    const same = runBacktest(inputOf(600, () => 10));
    expect(same.verdict).toContain("spend alone did as well as segments");
    expect(same.verdict).toContain("neither did better");
    expect(runBacktest(inputOf(600, () => 0)).verdict).toContain("these days say nothing about any ranking");
  });

  it("stands one customer, equal customers, and money below zero", () => {
    for (const n of [1, 2, 7]) expect(runBacktest(inputOf(n, () => 5)).customers).toBe(n);
    const equal = inputOf(40, () => 1);
    for (const column of [equal.customers.recencyDays, equal.customers.frequency, equal.customers.monetaryUnits])
      column.fill(3);
    expect(runBacktest(equal).groups.filter(({ kind }) => kind === "cluster")).toHaveLength(1);
    const refunded = inputOf(60, () => -4);
    refunded.customers.monetaryUnits.set([-50_000_000, -10_000]);
    expect(runBacktest(refunded).groups.reduce((sum, { customers }) => sum + customers, 0)).toBe(180);
  });
});

describe("the ranking of segments", () => {
  it("comes from their cells, not from their order in the table", () => {
    const reversed = Object.fromEntries(Object.entries(DEFAULT_SEGMENT_TABLE).reverse());
    expect(orderSegments(reversed)).toEqual(orderSegments(DEFAULT_SEGMENT_TABLE));
    expect(orderSegments(DEFAULT_SEGMENT_TABLE).slice(0, 2)).toEqual(["Champions", "Loyal Customers"]);
    expect(orderSegments(DEFAULT_SEGMENT_TABLE).at(-1)).toBe("Lost");
  });

  it("is set against the same number of customers by spend", () => {
    const result = contest(
      {
        segmentOf: ["Lost", "Champions", "Lost", "Lost", "Lost"],
        segmentOrder: ["Champions", "Lost"],
        spendOrder: [4, 1, 0, 2, 3],
        spend: [0, 30, 10, 0, 60],
        bought: [0, 1, 1, 0, 1],
      },
      { seed: 1, resamples: 50 },
    );
    expect(result).toMatchObject({ chosen: 1, leading: ["Champions"] });
    expect(result?.bySegment).toEqual({ revenue: 0.3, buyers: 1 });
    expect(result?.bySpend).toEqual({ revenue: 0.6, buyers: 1 });
  });

  it("says that a sample is one", () => {
    const facts = { holdoutDays: 30, cutDate: "2024-05-01", customers: 10, buyers: 1, result: undefined };
    expect(verdictOf({ ...facts, sampledOneIn: 4 })).toContain("(one in 4 of all)");
    expect(verdictOf({ ...facts, sampledOneIn: 1 })).not.toContain("one in");
  });
});

describe("the intervals", () => {
  it("hold the true mean about as often as they promise", () => {
    const random = createRandom("coverage");
    let held = 0;
    for (let round = 0; round < 200; round++) {
      const values = Float64Array.from({ length: 80 }, () => random());
      const [[interval]] = groupMeanIntervals(values, [{ groupOf: new Uint8Array(80), groups: 1 }], {
        ...{ seed: round, resamples: 200 },
      }) as [[{ low: number; high: number }]];
      if (interval.low <= 0.5 && 0.5 <= interval.high) held++;
    }
    expect(held).toBeGreaterThan(180);
    expect(held).toBeLessThan(200);
  });

  it("are a point where nothing varies, and nothing where a group is empty", () => {
    const options = { seed: 7, resamples: 50 };
    const found = groupMeanIntervals([5, 5, 5], [{ groupOf: [0, 0, 2], groups: 3 }], options);
    expect(found[0]?.[0]).toEqual({ low: 5, high: 5 });
    expect(found[0]?.[1]?.low).toBeNaN();
    const [half, quarter] = [
      { part: [1, 2], whole: [2, 4] },
      { part: [1, 1], whole: [4, 4] },
    ];
    expect(differenceIntervals([[half, quarter]], options)).toEqual([{ low: 0.25, high: 0.25 }]);
  });

  it("of a difference of shares stay between minus one and one, however few customers were chosen", () => {
    const random = createRandom("shares");
    const n = 30;
    const segmentOf = Array.from({ length: n }, (_, i) => (i % 5 === 0 ? "Champions" : "Lost"));
    const result = contest(
      {
        ...{ segmentOf, segmentOrder: ["Champions", "Lost"] },
        spendOrder: Array.from({ length: n }, (_, i) => (i + 1) % n),
        spend: Float64Array.from({ length: n }, random),
        bought: new Uint8Array(n).fill(1),
      },
      { seed: 1, resamples: 400 },
    );
    // All bought again, so no choice can have done better.
    expect(result?.buyersDifference).toEqual({ low: 0, high: 0 });
    expect(result?.revenueDifference.low).toBeGreaterThan(-1);
    expect(result?.revenueDifference.high).toBeLessThan(1);
  });
});

describe.skipIf(!hasGoldenData)("scoreBreakpoints on Online Retail (needs ../shared)", () => {
  it("gives every customer the scores of the reference", () => {
    const rows = readGolden("rfm_P2.csv");
    const scores = new Map(readGolden("scores_P2.csv").map((row) => [row.customer_id, row]));
    const units = Float64Array.from(rows, (row) => Math.round(10_000 * Number(row.monetary)));
    const edges = scoreBreakpoints(units, 5);
    rows.forEach((row, at) => {
      const score = 1 + edges.filter((edge) => edge < (units[at] as number)).length;
      expect(String(score), row.customer_id).toBe(scores.get(row.customer_id as string)?.m_qcut);
    });
  });
});
