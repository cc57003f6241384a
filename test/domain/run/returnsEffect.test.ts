import { describe, expect, it } from "vitest";
import { returnsEffect } from "../../../lib/domain/run/returnsEffect.ts";
import type { Summary } from "../../../lib/domain/run/summary.ts";
import { NoCustomersError } from "../../../lib/workflow/steps/planClustering.ts";

const segment = (name: string, revenue: number, netRevenue: number) =>
  ({ name, revenue, grossRevenue: revenue, netRevenue, emptyCustomers: 0 }) as Summary["segments"][number];
const note = (segments: Summary["segments"]) =>
  returnsEffect("drop", { lines: 2, amount: 50, matchedAmount: 0 }, segments)?.note;

describe("what returns do", () => {
  it("names the segment that they change most, and none where several are changed alike", () => {
    expect(note([segment("A", 100, 60), segment("B", 100, 90)])).toMatch(/A changes most: 60\.00 instead of 100\.00/);
    expect(note([segment("A", 100, 0), segment("B", 70, 0)])).not.toMatch(/changes most/);
    expect(note([segment("A", 100, 95), segment("B", 70, 70)])).not.toMatch(/changes most/);
  });

  it("are named where they leave nobody", () => {
    const facts = { snapshotDate: "2024-01-10", windowMonths: null };
    expect(new NoCustomersError({ ...facts, returns: "match" }).message).toBe(
      "No customer has a purchase before the snapshot date 2024-01-10 that has not come back, so there is nobody to segment: " +
        "change snapshotDate (--snapshot-date) or windowMonths (--window-months), or count purchases that came back (--returns drop).",
    );
    expect(new NoCustomersError({ ...facts, returns: "drop" }).message).not.toMatch(/come back|--returns/);
  });
});
