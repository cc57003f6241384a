import { describe, expect, it } from "vitest";
import { isCopy, judgeOverlaps, type Overlap } from "../../../lib/domain/quality/overlap.ts";

const overlap = (facts: Partial<Overlap> = {}): Overlap => ({
  source: "new.csv",
  otherSource: "old.csv",
  sharedOrders: 2,
  identicalLines: 5,
  identicalAmount: "12.5000",
  ownLines: 9,
  otherLines: 8,
  orderLines: 5,
  ...facts,
});
const copy = overlap({ ownLines: 5, otherLines: 5 });

describe("isCopy", () => {
  it("asks for every line of both sides", () => {
    expect(isCopy(copy)).toBe(true);
    expect(isCopy({ ...copy, otherLines: 6 })).toBe(false);
    expect(isCopy({ ...copy, ownLines: 6 })).toBe(false);
  });
});

describe("judgeOverlaps", () => {
  it("refuses a copy under every policy, names both files and what to do, unless copies are allowed", () => {
    for (const policy of ["replace-orders", "keep", "refuse"] as const) {
      const [finding] = judgeOverlaps([copy], { overlap: policy, copies: "refuse" });
      expect(finding?.level).toBe("refuse");
      expect(finding?.message).toMatch(/new\.csv is a copy of old\.csv.*5 lines.*rfm forget old\.csv.*--again/);
    }
    expect(judgeOverlaps([copy], { overlap: "replace-orders", copies: "allow" })[0]?.level).toBe("warn");
  });

  it("says what becomes of shared orders, with their money", () => {
    const say = (policy: "replace-orders" | "keep" | "refuse", facts: Partial<Overlap> = {}) =>
      judgeOverlaps([overlap(facts)], { overlap: policy, copies: "refuse" })[0];
    expect(say("replace-orders")).toEqual({
      level: "warn",
      message:
        "new.csv and old.csv have 2 orders in common, with 5 identical lines (12.50). They count once, as new.csv has them; the others are dropped as superseded_order.",
    });
    expect(say("replace-orders", { orderLines: 7 })?.message).toMatch(/ 2 lines of those orders in old\.csv differ/);
    expect(say("keep")).toMatchObject({ level: "warn", message: expect.stringContaining("count twice") });
    expect(say("refuse")?.level).toBe("refuse");
    expect(say("keep", { sharedOrders: 1, identicalAmount: "3.1250" })?.message).toMatch(
      /1 order in common.*\(3\.125\)/,
    );
  });

  it("has nothing to say about files that share nothing", () => {
    expect(judgeOverlaps([], { overlap: "refuse", copies: "refuse" })).toEqual([]);
  });
});
