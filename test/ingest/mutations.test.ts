import { describe, expect, it } from "vitest";
import { hasGoldenData } from "../golden/onlineRetail.ts";
import { judgeMutants } from "../support/mutants.ts";
import { MUTATIONS } from "../support/mutations.ts";

// Two of each kind; `npm run conformance` takes 2,000.
const COUNT = 2 * Object.keys(MUTATIONS).length;

describe.skipIf(!hasGoldenData)("damaged files (skipped without ../shared)", () => {
  it("are refused with a reason or balance to the row and the penny", async () => {
    const mutants = await judgeMutants(0, COUNT);
    expect(mutants).toHaveLength(COUNT);
    for (const { outcome, message, mutation } of mutants) {
      if (outcome === "balanced") continue;
      expect(message.length, mutation).toBeGreaterThan(40);
      expect(message, mutation).not.toMatch(/undefined|\[object|NaN |Binder|Parser Error|Invalid Input Error/);
    }
    // The damage must be such that both ends are seen.
    expect(new Set(mutants.map(({ outcome }) => outcome)).size).toBeGreaterThan(1);
    expect(mutants.some(({ kept }) => kept > 50)).toBe(true);
  });
});
