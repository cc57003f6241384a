import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { selectFit } from "../../../../lib/domain/clustering/fit/selectFit.ts";
import { createShardFit } from "../../../../lib/domain/clustering/fit/shardFit.ts";
import { continuePrevious } from "../../../../lib/domain/clustering/fit/warmStart.ts";
import type { Matrix } from "../../../../lib/domain/clustering/types.ts";

/** A square of points without any clusters: many partitions into four are about as good. */
function square(n: number): Matrix {
  const random = createRandom("square");
  return { rows: n, columns: 2, data: Float64Array.from({ length: 2 * n }, () => 3 * random() - 1.5) };
}

const rows = square(800);
const kRange = [3, 4];
const shard = createShardFit({ dimensions: 2, kRange, seed: 1 });
shard.addBatch(rows);
const fit = selectFit({ ...shard.finish(), kRange, seed: 1, exactRows: rows });
const best = fit.partitions[1];
const previousOf = (data: readonly number[]): Matrix => ({
  rows: data.length / 2,
  columns: 2,
  data: Float64Array.from(data),
});

describe("continuePrevious", () => {
  it("goes on from the previous centroids where that costs next to nothing", () => {
    const near = previousOf([...(best?.centroids.data ?? [])].map((value) => value + 0.05));
    const { fit: continued, warmStart } = continuePrevious(fit, near);
    expect(warmStart).toBe("taken");
    const taken = continued.partitions[1];
    expect(taken?.inertia ?? 0).toBeLessThanOrEqual((best?.inertia ?? 0) * 1.01);
    expect(taken?.sizes.reduce((sum, size) => sum + size, 0)).toBe(800);
    expect(continued.partitions[0]).toBe(fit.partitions[0]);
  });

  it("leaves a start that ends costlier than the hysteresis, or with an empty cluster", () => {
    // Three centroids in one corner, one in the other, and the hysteresis at nothing.
    const poor = previousOf([-1.4, -1.4, -1.3, -1.4, -1.4, -1.3, 1.4, 1.4]);
    const strict = continuePrevious(fit, poor, -0.5);
    expect(strict).toEqual({ fit, warmStart: "too dear" });
  });

  it("does nothing for a number of clusters that was not fitted", () => {
    expect(continuePrevious(fit, previousOf([0, 0, 1, 1]))).toEqual({ fit, warmStart: "other k" });
  });
});
