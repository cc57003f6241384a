import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { report } from "../../bin/commands/results/cost.ts";
import { estimateCost, scannedBytesPerRun, type Workload } from "../../lib/cost/cost.ts";
import { SCANS, STATEMENTS_PER_RUN } from "../../lib/cost/costBasis.ts";
import priceList from "../../lib/cost/prices.us-east-1.json" with { type: "json" };
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { LAKE_VERSION } from "../../lib/workflow/ledger/lakeVersion.ts";
import { renderIngestStatements, renderRunStatements } from "../../lib/workflow/sql/statements.ts";

const shop: Workload = { rows: 541_909, customers: 4_338, runsPerMonth: 30, database: "aurora" };
const workload = fc.record({
  rows: fc.integer({ min: 0, max: 1e11 }),
  customers: fc.integer({ min: 0, max: 1e9 }),
  runsPerMonth: fc.integer({ min: 0, max: 3_000 }),
  database: fc.constantFrom("aurora" as const, "none" as const),
});

describe("estimateCost", () => {
  it("adds up, and is never negative or broken", () => {
    fc.assert(
      fc.property(workload, (given) => {
        const estimate = estimateCost(given);
        for (const { usdPerMonth } of estimate.items) expect(usdPerMonth).toBeGreaterThanOrEqual(0);
        expect(estimate.items.reduce((sum, item) => sum + item.usdPerMonth, 0)).toBeCloseTo(estimate.usdPerMonth, 6);
        expect(estimate.idleUsdPerMonth + estimate.usdPerRun * given.runsPerMonth).toBeCloseTo(estimate.usdPerMonth, 4);
      }),
    );
  });

  it.each(["rows", "customers", "runsPerMonth"] as const)("never costs less with more %s", (name) => {
    fc.assert(
      fc.property(workload, fc.integer({ min: 0, max: 1e6 }), (given, more) => {
        const larger = estimateCost({ ...given, [name]: given[name] + more });
        expect(larger.usdPerMonth).toBeGreaterThanOrEqual(estimateCost(given).usdPerMonth);
      }),
    );
  });

  it("is the sum that one gets by hand for a shop", () => {
    const items = new Map(estimateCost(shop).items.map(({ name, usdPerMonth }) => [name, usdPerMonth]));
    // Statements of at least 10 MB, and what they read of 541,909 lines and 4,338 customers, 30 times, at 5 USD a TB.
    const { newRawRows, newTransactions, history, features, segments } = SCANS;
    const perLine = newRawRows * 11.4 + (newTransactions + history) * 21.8;
    const perCustomer = features * 36 + segments * 71;
    expect(items.get("Athena")).toBeCloseTo(
      30 * 5e-12 * (STATEMENTS_PER_RUN * 10e6 + 541_909 * perLine + 4_338 * perCustomer),
      9,
    );
    expect(items.get("Step Functions")).toBeCloseTo((30 * 94 * 0.025) / 1_000, 9);
    expect(items.get("Encryption key")).toBe(1);
    expect(estimateCost(shop).alternatives[0]?.usdPerMonth).toBeCloseTo(83.95, 9);
    expect(estimateCost(shop).alternatives[1]?.usdPerMonth).toBeCloseTo(525.6, 9);
  });

  it("costs next to nothing without a run and without data", () => {
    const idle = { rows: 0, customers: 0, runsPerMonth: 0 };
    expect(estimateCost({ ...idle, database: "aurora" }).usdPerMonth).toBeCloseTo(1.4, 9);
    expect(estimateCost({ ...idle, database: "none" }).usdPerMonth).toBeCloseTo(1, 9);
  });

  it("scans less where runs add little", () => {
    expect(scannedBytesPerRun({ ...shop, newRows: 1_000 })).toBeLessThan(scannedBytesPerRun(shop));
  });
});

describe("the counts of scans", () => {
  it("are those of the statements that a run renders", () => {
    const config = parseConfig({});
    const common = { config, attempt: "a", lakeUri: "s3://lake" };
    const first = renderIngestStatements({
      ...{ ...common, now: new Date(0) },
      ...{ lakeVersion: LAKE_VERSION, codeVersion: "test" },
    });
    const run = { runId: "r", snapshotDate: "2011-12-10", createdAt: "2011-12-10T00:00:00Z" };
    const second = renderRunStatements({ ...common, asOf: new Date(0), run });
    const { ensureTables, ...ofRows } = first;
    const tables = ensureTables.map(({ statement }) => statement);
    const statements = [...tables, ...Object.values(ofRows).flat(), ...Object.values(second).flat()];
    const charged = statements.filter((sql) => !sql.startsWith("-- ddl/"));
    expect(charged.length).toBeLessThanOrEqual(STATEMENTS_PER_RUN);
    expect(charged.length).toBeGreaterThan(STATEMENTS_PER_RUN - 8);
    // A statement of several tables reads for each.
    const reading = (table: string, some: readonly string[]) =>
      some
        .flatMap((sql) => sql.split("rows_of from ("))
        .filter((sql) => new RegExp(`\\b(from|join)\\s+${table}\\b`).test(sql)).length;
    const ofDrop = [first.clean, ...first.reconcile, first.commit].flat();
    const ofHistory = statements.filter((sql) => !ofDrop.includes(sql) && !/create or replace view/.test(sql));
    expect(reading("raw_rows", statements)).toBe(SCANS.newRawRows);
    expect(reading("transactions", ofDrop)).toBe(SCANS.newTransactions);
    expect(reading("transactions", ofHistory)).toBe(SCANS.history);
    expect(reading("segments", statements)).toBe(SCANS.segments);
  });
});

describe("the price list", () => {
  it("has a date, and for each price a page of AWS", () => {
    expect(priceList.asOf).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
    for (const { usd, source, confirmedBy, confirmedAsOf } of Object.values(priceList.prices)) {
      expect(usd).toBeGreaterThan(0);
      expect(confirmedBy ?? "https://").toMatch(/^https:\/\//);
      expect((confirmedAsOf ?? "") <= priceList.asOf).toBe(true);
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9/-]+pricing\/([a-z-]+\/)?$/);
    }
  });
});

describe("the report", () => {
  it("says the date of its prices, and what is assumed", () => {
    const text = report(estimateCost(shop), shop);
    expect(text).toContain("541,909 lines, 4,338 customers, 30 runs a month, us-east-1");
    expect(text).toContain(`List prices as of ${priceList.asOf}`);
    expect(text).toMatch(/SageMaker endpoint, 1 × ml\.m5\.large\s+83\.95/);
    expect(text).toContain("assumptions");
    expect(text).toContain("emrM5XlargeSurchargePerHour");
  });
});
