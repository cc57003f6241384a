import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalTextToUnits, formatTenThousandths, toTenThousandths, unitsToNumber } from "../../lib/domain/money.ts";

const safeUnits = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -99_999, max: 99_999 }));

describe("formatTenThousandths", () => {
  it.each([
    [0, "0.00"],
    [-0, "0.00"],
    [1, "0.0001"],
    [-1, "-0.0001"],
    [9_999, "0.9999"],
    [10_000, "1.00"],
    [771_836_000, "77183.60"],
    [1_000_050, "100.005"],
    [-125_000, "-12.50"],
    [88_872_088_940, "8887208.894"],
    [Number.MAX_SAFE_INTEGER, "900719925474.0991"],
  ])("writes %d as %s", (units, text) => expect(formatTenThousandths(units)).toBe(text));

  it("has two to four decimals and comes back exactly, for every safe integer", () => {
    fc.assert(
      fc.property(safeUnits, (units) => {
        const text = formatTenThousandths(units);
        expect(text).toMatch(/^-?(0|[1-9]\d*)\.\d{2,4}$/);
        expect(decimalTextToUnits(text)).toBe(BigInt(units));
      }),
      { numRuns: 2_000 },
    );
  });

  it("never ends in a third or fourth decimal that is zero", () => {
    fc.assert(fc.property(safeUnits, (units) => !/\.\d{2}\d?0$/.test(formatTenThousandths(units))));
  });
});

describe("toTenThousandths", () => {
  it("finds the decimal that a double was read from, up to 225 billion", () => {
    const units = fc.integer({ min: -(2 ** 51), max: 2 ** 51 });
    fc.assert(
      fc.property(units, (n) => {
        expect(toTenThousandths(Number(formatTenThousandths(n))) + 0).toBe(n + 0);
      }),
      { numRuns: 5_000 },
    );
  });

  it("rounds the reader's stray ulp away", () => {
    expect(toTenThousandths(0.1 + 0.2)).toBe(3_000);
    expect(toTenThousandths(77_183.6 * (1 + Number.EPSILON))).toBe(771_836_000);
  });
});

describe("decimalTextToUnits", () => {
  it.each(["", ".5", "1.", "1e5", "1,000.00", " 1", "1 ", "+1", "--1", "0x10", "1.23456", "NaN", "Infinity", "１"])(
    "refuses %j",
    (text) => expect(() => decimalTextToUnits(text)).toThrow(RangeError),
  );

  it("is exact beyond what a double holds", () => {
    expect(decimalTextToUnits("99999999999999.9999")).toBe(999_999_999_999_999_999n);
    expect(decimalTextToUnits("-99999999999999.9999")).toBe(-999_999_999_999_999_999n);
    expect(decimalTextToUnits("7")).toBe(70_000n);
    expect(decimalTextToUnits("-0")).toBe(0n);
  });

  it("adds up: units of a sum are the sum of units", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 50 }), (amounts) => {
        const units = amounts.map((n) => decimalTextToUnits(formatTenThousandths(n))).reduce((a, b) => a + b, 0n);
        expect(units).toBe(BigInt(amounts.reduce((a, b) => a + b, 0)));
        expect(unitsToNumber(units)).toBe(Number(units) / 10_000);
      }),
    );
  });
});
