import { describe, expect, it } from "vitest";
import { allRanges, planKeyOf, rangesOf, sketchKeyOf } from "../../../lib/workflow/shards/clusteringPlan.ts";

describe("the rows of shards", () => {
  const plan = {
    featureFiles: ["a", "b"],
    shards: [
      [
        [0, 0, 2],
        [1, 0, 3],
      ],
      [[1, 3, 4]],
    ],
  } as const;

  it("are stretches of files by their keys", () => {
    expect(rangesOf(plan, 1)).toEqual([{ key: "b", start: 3, end: 4 }]);
    expect(rangesOf(plan, 2)).toEqual([]);
    expect(allRanges(plan)).toEqual([
      { key: "a", start: 0, end: 2 },
      { key: "b", start: 0, end: 3 },
      { key: "b", start: 3, end: 4 },
    ]);
  });
});

describe("keys of a plan", () => {
  it("order shards as numbers do", () => {
    const keys = [0, 9, 10, 99, 100, 9_999, 10_000].map((shard) => sketchKeyOf("curated/run/", shard));
    expect([...keys].sort()).toEqual(keys);
    expect(keys[2]).toBe("curated/run/sketches/part-00010.bin");
    expect(planKeyOf("curated/run/")).toBe("curated/run/plan.json");
  });
});
