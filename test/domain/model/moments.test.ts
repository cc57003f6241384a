import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { momentsFromSums } from "../../../lib/domain/model/moments.ts";

/** Exact sums of whole numbers of 10^-scale, as the SQL unloads them. */
function sumsOf(values: readonly bigint[], scale: number) {
  const text = (value: bigint, places: number) => {
    const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
    return `${value < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
  };
  const sum = values.reduce((total, value) => total + value, 0n);
  const squares = values.reduce((total, value) => total + value * value, 0n);
  return { n: values.length, sum: text(sum, scale), sumOfSquares: text(squares, 2 * scale) };
}

describe("momentsFromSums", () => {
  it("keeps every digit where the textbook formula loses them all", () => {
    const moments = momentsFromSums(sumsOf([10n ** 15n + 4n, 10n ** 15n + 7n, 10n ** 15n + 13n, 10n ** 15n + 16n], 3));
    expect(moments).toEqual({ mean: 1e12 + 0.01, variance: 0.0000225 });
  });

  it("is zero for one value and for equal values", () => {
    expect(momentsFromSums(sumsOf([123_4567n], 4))).toEqual({ mean: 123.4567, variance: 0 });
    expect(momentsFromSums(sumsOf(new Array(1000).fill(-1n), 12))).toEqual({ mean: -1e-12, variance: 0 });
  });

  it("rounds once: the nearest double to the exact fraction", () => {
    expect(momentsFromSums({ n: 3, sum: "1", sumOfSquares: "1" })).toEqual({ mean: 1 / 3, variance: 2 / 9 });
    expect(momentsFromSums({ n: 10, sum: "1", sumOfSquares: "1" }).mean).toBe(0.1);
    expect(
      momentsFromSums({ n: 1, sum: "9007199254740993.0000001", sumOfSquares: "1e0".replace("e0", "0".repeat(33)) })
        .mean,
    ).toBe(9007199254740994);
  });

  it("agrees with two passes over doubles, and never gives a negative variance", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), { minLength: 1, maxLength: 50 }),
        (values) => {
          const moments = momentsFromSums(sumsOf(values, 4));
          const numbers = values.map((value) => Number(value) / 1e4);
          const mean = numbers.reduce((total, value) => total + value, 0) / numbers.length;
          const variance = numbers.reduce((total, value) => total + (value - mean) ** 2, 0) / numbers.length;
          expect(moments.variance).toBeGreaterThanOrEqual(0);
          expect(Math.abs(moments.mean - mean)).toBeLessThan(1e-6);
          expect(Math.abs(moments.variance - variance)).toBeLessThanOrEqual(1e-9 * variance + 1e-9);
        },
      ),
    );
  });

  it.each([
    [{ n: 0, sum: "0", sumOfSquares: "0" }],
    [{ n: 1.5, sum: "0", sumOfSquares: "0" }],
    [{ n: 2, sum: "1e3", sumOfSquares: "1" }],
    [{ n: 2, sum: "", sumOfSquares: "1" }],
    [{ n: 2, sum: "10", sumOfSquares: "1" }],
  ])("refuses what cannot be: %j", (sums) => {
    expect(() => momentsFromSums(sums)).toThrow(expect.objectContaining({ code: "MOMENTS" }));
  });
});
