import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { judgeDrop, judgeNothingKept, type QualityThresholds } from "../../../lib/domain/quality/quality.ts";

const defaults = parseConfig({}).quality;
const never = { warn: 1, refuse: 1 };
const lenient = { unreadable: never, invalid: never, missingCustomer: never, dropped: never };
const judge = (rowsByReason: Record<string, number>, thresholds: QualityThresholds = defaults) =>
  judgeDrop({ rowsByReason }, thresholds);

const REASONS = [
  "kept",
  "unreadable_line",
  "missing_customer",
  "invalid_date",
  "invalid_quantity",
  "date_out_of_range",
  "amount_overflow",
  "cancellation",
  "exact_duplicate",
];
const anyLedger = fc.dictionary(fc.constantFrom(...REASONS), fc.nat({ max: 1_000_000 }), { maxKeys: REASONS.length });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const threshold = fc.record({ warn: share, refuse: share });
const anyThresholds = fc.record({
  unreadable: threshold,
  invalid: threshold,
  missingCustomer: threshold,
  dropped: threshold,
});

describe("judgeNothingKept", () => {
  const judgeFirst = (rowsByReason: Record<string, number>, earlierRows: number[] = []) =>
    judgeNothingKept({ rowsByReason, earlierRows, profile: {}, droppedOn: "2024-01-31" });

  it("refuses a first drop without a row that counts, with the reasons, the commonest first", () => {
    const [finding] = judgeFirst({ kept: 0, cancellation: 3, missing_customer: 12 });
    expect(finding).toMatchObject({ level: "refuse" });
    expect(finding?.message).toContain("missing_customer 12, cancellation 3 of 15 rows");
  });

  it("lets returns join what is in the history, and any drop with a row that counts", () => {
    expect(judgeFirst({ cancellation: 3 }, [100])).toEqual([]);
    expect(judgeFirst({ kept: 1, cancellation: 3 })).toEqual([]);
    expect(judgeFirst({})).toEqual([]);
  });
});

describe("judgeDrop", () => {
  it("names the reasons behind a limit with their rows", () => {
    const [finding] = judge({ kept: 10, invalid_date: 7, invalid_amount: 30 });
    expect(finding?.message).toContain("(invalid_amount 30, invalid_date 7)");
  });

  it("has nothing to say about an empty or a clean drop", () => {
    expect(judge({})).toEqual([]);
    expect(judge({ kept: 0, missing_customer: 0 })).toEqual([]);
    expect(judge({ kept: 100_000 })).toEqual([]);
  });

  it("passes the real shares of Online Retail's defects: a quarter of the rows without a customer", () => {
    const ledger = { kept: 392_692, missing_customer: 135_080, exact_duplicate: 5_268, cancellation: 8_869 };
    expect(judge(ledger)).toEqual([]);
  });

  it("warns of a single row whose date cannot be read", () => {
    expect(judge({ kept: 9_999, invalid_date: 1 })).toEqual([
      { level: "warn", message: expect.stringMatching(/^1 of 10,000 rows \(0\.010%\): .*date/) },
    ]);
  });

  it("refuses above a limit, not at it, and names the setting", () => {
    expect(judge({ kept: 95, unreadable_line: 5 }).map((f) => f.level)).toEqual(["warn"]);
    const [finding] = judge({ kept: 94, unreadable_line: 6 });
    expect(finding).toMatchObject({ level: "refuse" });
    expect(finding?.message).toContain("6 of 100 rows");
    expect(finding?.message).toContain("quality.unreadable.refuse");
  });

  it("counts every kind of invalid row towards one limit", () => {
    const invalid = { invalid_date: 20, invalid_quantity: 20, date_out_of_range: 10, amount_overflow: 1 };
    expect(judge({ kept: 49, ...invalid }).some((f) => f.level === "refuse" && f.message.includes("51 of 100"))).toBe(
      true,
    );
  });

  it("never refuses with thresholds of 1", () => {
    fc.assert(
      fc.property(anyLedger, (ledger) => {
        expect(judge(ledger, lenient)).toEqual([]);
      }),
    );
  });

  it("says at most one thing per threshold, and only of shares above it", () => {
    fc.assert(
      fc.property(anyLedger, anyThresholds, (ledger, thresholds) => {
        const findings = judge(ledger, thresholds);
        const total = Object.values(ledger).reduce((a, b) => a + b, 0);
        expect(findings.length).toBeLessThanOrEqual(4);
        const dropped = total - (ledger.kept ?? 0);
        if (dropped === 0) expect(findings).toEqual([]);
        const refusedAll = total > 0 && dropped / total > thresholds.dropped.refuse;
        expect(findings.some((f) => f.message.includes("quality.dropped.refuse"))).toBe(refusedAll);
      }),
    );
  });

  it("tightening a limit never makes a verdict milder", () => {
    const severity = { info: 0, warn: 1, refuse: 2 } as const;
    const worst = (found: ReturnType<typeof judge>) => Math.max(0, ...found.map((f) => severity[f.level]));
    fc.assert(
      fc.property(anyLedger, anyThresholds, share, (ledger, thresholds, factor) => {
        const tighter = Object.fromEntries(
          Object.entries(thresholds).map(([name, t]) => [name, { warn: t.warn * factor, refuse: t.refuse * factor }]),
        ) as typeof thresholds;
        expect(worst(judge(ledger, tighter))).toBeGreaterThanOrEqual(worst(judge(ledger, thresholds)));
      }),
    );
  });
});
