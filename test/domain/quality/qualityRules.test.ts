import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../../lib/domain/config/config.ts";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import type { QualityFacts } from "../../../lib/domain/quality/quality.ts";
import { judgeRules } from "../../../lib/domain/quality/qualityRules.ts";

type RuleInput = NonNullable<NonNullable<ConfigInput["quality"]>["rules"]>[number];

const PROFILE: QualityFacts["profile"] = {
  row_count: 1_000,
  missing_customer_rows: 250,
  missing_order_rows: 0,
  missing_description_rows: 10,
  duplicate_rows: 20,
  first_missing_customer: "000000000623 shop.csv",
  first_duplicate: "000000000518 shop.csv",
  min_quantity: "-80995.0000",
  max_quantity: "80995.0000",
  min_quantity_at: "000000540424 year 2011.csv",
  max_quantity_at: "000000540423 year 2011.csv",
  min_unit_price: "",
  first_ordered_at: "2010-12-01 08:26:00.000",
  last_ordered_at: "2011-12-09 12:50:00.000",
  longest_gap_days: 11,
  longest_gap_after: "2010-12-23",
};
const facts = (changes: Partial<QualityFacts> = {}): QualityFacts => ({
  rowsByReason: { kept: 1_000 },
  profile: PROFILE,
  earlierRows: [],
  droppedOn: "2011-12-10",
  ...changes,
});
const judge = (rule: RuleInput, given: QualityFacts = facts()) =>
  judgeRules(parseConfig({ quality: { rules: [rule] } }).quality.rules, given).map((finding) => finding.message);

describe("judgeRules", () => {
  it.each<[string, RuleInput, RuleInput, string[]]>([
    [
      "completeness",
      { check: "completeness", column: "customer", atLeast: 0.75 },
      { check: "completeness", column: "customer", atLeast: 0.76 },
      ["250 of 1,000 rows (25.0%) have no customer", "shop.csv line 623", "quality.rules[0]"],
    ],
    [
      "uniqueness",
      { check: "uniqueness", atLeast: 0.98 },
      { check: "uniqueness", atLeast: 0.99 },
      ["20 of 1,000 rows", "shop.csv line 518"],
    ],
    [
      "range, below",
      { check: "range", column: "quantity", min: -80_995 },
      { check: "range", column: "quantity", min: -80_994 },
      ["smallest quantity is -80995", "year 2011.csv line 540424", "at least -80994"],
    ],
    [
      "range, above",
      { check: "range", column: "quantity", max: 80_995 },
      { check: "range", column: "quantity", max: 10_000 },
      ["largest quantity is 80995", "line 540423", "at most 10000"],
    ],
    [
      "dates, early",
      { check: "dates", from: "2010-12-01", to: "2011-12-09" },
      { check: "dates", from: "2010-12-02" },
      ["first day is 2010-12-01"],
    ],
    [
      "dates, gaps",
      { check: "dates", maxGapDays: 11 },
      { check: "dates", maxGapDays: 10 },
      ["No row for 11 days after 2010-12-23"],
    ],
    ["freshness", { check: "freshness", maxAgeDays: 1 }, { check: "freshness", maxAgeDays: 0 }, ["1 days old"]],
    [
      "rowCount",
      { check: "rowCount", min: 1_000, max: 1_000 },
      { check: "rowCount", min: 1_001 },
      ["has 1000 rows; at least 1001"],
    ],
  ])("%s: silent at the limit, a finding beyond it with number and place", (_, kept, broken, says) => {
    expect(judge(kept)).toEqual([]);
    const [message] = judge(broken);
    for (const part of says) expect(message).toContain(part);
  });

  it("says nothing of columns that the drop lacks, and nothing of an empty drop", () => {
    expect(judge({ check: "range", column: "unit_price", min: 0 })).toEqual([]);
    expect(judge({ check: "rowCount", min: 5 }, facts({ profile: { row_count: 0 } }))).toEqual([]);
    expect(judge({ check: "freshness", maxAgeDays: 0 }, facts({ profile: { row_count: 3 } }))).toEqual([]);
  });

  it("by default warns of half as many rows as usual, once there is a usual", () => {
    const { rules } = parseConfig({}).quality;
    const of = (earlierRows: number[]) => judgeRules(rules, facts({ earlierRows }));
    expect(of([2_100, 2_200, 1_900])).toEqual([]);
    expect(of([2_100, 2_200, 1_900, 2_050])).toEqual([
      { level: "warn", message: expect.stringContaining("48.2% of the usual 2075 (median of the last 4 drops)") },
    ]);
    // One backfill of years among daily files is not the usual.
    expect(of([1_100, 900_000, 950, 1_050])).toEqual([]);
    expect(of([400, 410, 390, 420])).toEqual([
      { level: "warn", message: expect.stringContaining("246.9% of the usual 405") },
    ]);
  });

  it("refuses where the rule says so", () => {
    const { rules } = parseConfig({ quality: { rules: [{ check: "rowCount", max: 1, level: "refuse" }] } }).quality;
    expect(judgeRules(rules, facts()).map((finding) => finding.level)).toEqual(["refuse"]);
  });

  it("is monotone: more rows missing never breaks fewer rules", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.double({ min: 0, max: 1, noNaN: true }), (a, b, atLeast) => {
        const broken = (missing: number): number =>
          judge(
            { check: "completeness", column: "order", atLeast },
            facts({ profile: { ...PROFILE, missing_order_rows: missing } }),
          ).length;
        expect(broken(Math.max(a, b))).toBeGreaterThanOrEqual(broken(Math.min(a, b)));
      }),
    );
  });

  it.each<[RuleInput | object, string]>([
    [{ check: "range", column: "quantity" }, "needs min or max"],
    [{ check: "dates" }, "needs from, to or maxGapDays"],
    [{ check: "freshnes" }, "quality.rules"],
    [{ check: "completeness", column: "customer", atLeast: 2 }, "atLeast"],
  ])("names the setting that is wrong: %j", (rule, says) => {
    expect(() => parseConfig({ quality: { rules: [rule as RuleInput] } })).toThrow(says);
  });
});
