import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planKeyOf, planShards, sketchKeyOf } from "../../lib/workflow/clusteringPlan.ts";

const files = (...rows: number[]) => rows.map((n, i) => ({ key: `part-${i}.parquet`, rows: n }));
const anySizes = fc.oneof(
  fc.array(fc.nat({ max: 1_000 }), { maxLength: 12 }),
  fc.array(fc.nat({ max: 40_000_000 }), { maxLength: 6 }),
);
const rowsOf = (shard: readonly { start: number; end: number }[]): number =>
  shard.reduce((sum, range) => sum + range.end - range.start, 0);

describe("planShards", () => {
  it("deals as evenly as can be, in file order", () => {
    expect(planShards(files(10), 4)).toEqual([
      [{ key: "part-0.parquet", start: 0, end: 4 }],
      [{ key: "part-0.parquet", start: 4, end: 7 }],
      [{ key: "part-0.parquet", start: 7, end: 10 }],
    ]);
    expect(planShards(files(3, 0, 3), 4)).toEqual([
      [{ key: "part-0.parquet", start: 0, end: 3 }],
      [{ key: "part-2.parquet", start: 0, end: 3 }],
    ]);
  });

  it("gives one shard to few rows, and one empty shard to none", () => {
    expect(planShards(files(1), 250_000)).toEqual([[{ key: "part-0.parquet", start: 0, end: 1 }]]);
    expect(planShards([], 100)).toEqual([[]]);
    expect(planShards(files(0, 0), 100)).toEqual([[]]);
  });

  it("covers each row once, in order, whatever the sizes", () => {
    fc.assert(
      fc.property(anySizes, fc.integer({ min: 1, max: 1_000 }), (sizes, divisor) => {
        const total = sizes.reduce((a, b) => a + b, 0);
        const limit = Math.max(1, Math.ceil(total / divisor));
        const input = files(...sizes);
        const ranges = planShards(input, limit).flat();
        const joined = new Map<string, number>();
        for (const { key, start, end } of ranges) {
          expect(end).toBeGreaterThan(start);
          expect(start).toBe(joined.get(key) ?? 0);
          joined.set(key, end);
        }
        expect([...joined]).toEqual(input.filter((f) => f.rows > 0).map((f) => [f.key, f.rows]));
      }),
      { numRuns: 300 },
    );
  });

  it("never exceeds the limit, and sizes differ by one row at most", () => {
    fc.assert(
      fc.property(anySizes, fc.integer({ min: 1, max: 1_000 }), (sizes, divisor) => {
        const total = sizes.reduce((a, b) => a + b, 0);
        const limit = Math.max(1, Math.ceil(total / divisor));
        const counts = planShards(files(...sizes), limit).map(rowsOf);
        expect(counts).toHaveLength(Math.max(1, Math.ceil(total / limit)));
        expect(Math.max(...counts)).toBeLessThanOrEqual(limit);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
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
