import { expect, it } from "vitest";
import { hasGoldenData } from "../golden/onlineRetail.ts";
import { judgeMutants } from "../support/mutants.ts";

const BATCH = 200;

it.skipIf(!hasGoldenData).each(Array.from({ length: 10 }, (_, i) => i))(
  "2,000 damaged files, batch %i: refused with a reason, or balanced",
  async (batch) => {
    const mutants = await judgeMutants(10_000 + batch * BATCH, BATCH);
    const counts: Record<string, number> = {};
    for (const { outcome } of mutants) counts[outcome] = (counts[outcome] ?? 0) + 1;
    console.log(counts);
    expect(mutants).toHaveLength(BATCH);
    expect(mutants.filter(({ outcome, message }) => outcome !== "balanced" && message === "")).toEqual([]);
  },
  600_000,
);
