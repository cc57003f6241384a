import { describe, expect, it } from "vitest";
import { maximise } from "../../../lib/domain/forecast/numeric/maximise.ts";

/**
 * A log-likelihood of a million customers with its top at (3, 0.5) in the parameters' logarithms, whose sum is off by
 * some rounding, as a sum over hundreds of thousands of cells is.
 */
const largeSum =
  (rounding: number) =>
  ([p, q]: readonly number[]) => {
    const [u, v] = [Math.log(p) - 3, Math.log(q) - 0.5];
    const noise = rounding * Math.sin(1e7 * p + 3e7 * q);
    return {
      value: -2e6 - 4e5 * u * u - 1e5 * u ** 4 - 2e5 * v * v - 1e5 * u * v + noise,
      gradient: [(-8e5 * u - 4e5 * u ** 3 - 1e5 * v) / p, (-4e5 * v - 1e5 * u) / q],
      hessian: [
        [(-8e5 - 12e5 * u * u + 8e5 * u + 4e5 * u ** 3 + 1e5 * v) / p ** 2, -1e5 / (p * q)],
        [-1e5 / (p * q), (-4e5 + 4e5 * v + 1e5 * u) / q ** 2],
      ],
    };
  };

describe("the search for a maximum", () => {
  it.each([0, 1e-9, 1e-8, 1e-7, 4e-7])("ends at the top though the sum is off by %d", (rounding) => {
    for (let start = 1; start < 60; start += 0.25) {
      const found = maximise(largeSum(rounding), [start, start / 7]);
      if ("reason" in found) throw new Error(JSON.stringify(found));
      expect(Math.log(found.parameters[0])).toBeCloseTo(3, 6);
      expect(Math.log(found.parameters[1])).toBeCloseTo(0.5, 6);
    }
  });
});
