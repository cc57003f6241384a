import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EncodingError } from "../../../../lib/domain/clustering/errors.ts";
import { decode, encode, encodeValue, encodingFromMoments } from "../../../../lib/domain/clustering/space/encode.ts";
import { mergeMoments, moments } from "../../../../lib/domain/clustering/space/moments.ts";
import type { FeatureEncoding, Transform } from "../../../../lib/domain/clustering/types.ts";

function encodingOf(transform: Transform, more: Partial<FeatureEncoding> = {}): FeatureEncoding {
  return { name: "monetary", transform, scale: 1, mean: 2, deviation: 0.5, ...more };
}

describe("encode", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %s, naming the row", (bad) => {
    const attempt = () => encode([[1, 2, bad]], [encodingOf("asinh")]);

    expect(attempt).toThrow(EncodingError);
    expect(attempt).toThrow(/monetary, row 2/);
  });

  it.each([-1, -1.5, -1e9])("refuses %s under log1p and takes it under asinh", (value) => {
    expect(() => encode([[value]], [encodingOf("log1p")])).toThrow(EncodingError);
    expect(encode([[value]], [encodingOf("asinh")]).data[0]).toBeCloseTo((Math.asinh(value) - 2) / 0.5, 12);
  });

  it("refuses a non-finite value even where winsorising would hide it", () => {
    const winsorised = encodingOf("log1p", { winsorHigh: 10, winsorLow: 0 });

    expect(() => encodeValue(Number.POSITIVE_INFINITY, winsorised)).toThrow(EncodingError);
    expect(encodeValue(1e12, winsorised)).toBe(encodeValue(10, winsorised));
    expect(encodeValue(-5, winsorised)).toBe(encodeValue(0, winsorised));
  });

  it("refuses columns of uneven length", () => {
    const encodings = [encodingOf("log1p"), encodingOf("log1p", { name: "frequency" })];

    expect(() => encode([[1, 2], [1]], encodings)).toThrow(/frequency has 1 rows/);
    expect(() => encode([[1, 2]], encodings)).toThrow(EncodingError);
  });

  it("encodes a column as it encodes each of its values", () => {
    const value = fc.oneof(fc.nat(5_000), fc.double({ min: 0, max: 1e12, noNaN: true }), fc.constantFrom(4_095, 4_096));
    const transform = fc.constantFrom<Transform>("log1p", "asinh", "identity");
    const winsor = fc.constantFrom({}, { winsorLow: 3, winsorHigh: 900 });
    fc.assert(
      fc.property(transform, winsor, fc.array(value, { maxLength: 40 }), (t, limits, column) => {
        const encoding = encodingOf(t, limits);
        const twice = [...column, ...column];
        const expected = twice.map((raw) => encodeValue(raw, encoding));
        expect([...encode([twice], [encoding]).data]).toEqual(expected);
      }),
    );
  });

  it("comes back through decode", () => {
    const transform = fc.constantFrom<Transform>("log1p", "asinh", "identity");
    fc.assert(
      fc.property(
        transform,
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (t, raw, scale) => {
          const encoding = encodingOf(t, { scale });
          const back = decode(encode([[raw]], [encoding]), [encoding]).data[0];
          expect(Math.abs(back - raw)).toBeLessThanOrEqual(1e-9 * Math.max(1, raw));
        },
      ),
    );
  });
});

describe("encodingFromMoments", () => {
  const feature = { name: "frequency", transform: "log1p" as const, count: 10, mean: 1.23456789012345, variance: 4 };

  it("drops a feature without variance and says so", () => {
    const plan = encodingFromMoments([feature, { ...feature, name: "flat", mean: 1e6, variance: 1e-14 }]);

    expect(plan.encodings.map(({ name }) => name)).toEqual(["frequency"]);
    expect(plan.dropped).toEqual([{ name: "flat", reason: expect.stringContaining("zero variance") }]);
  });

  it("rounds to 10 significant digits, so that sums differing in the last bits give one space", () => {
    const other = { ...feature, mean: feature.mean * (1 + 1e-14), variance: 4 * (1 - 1e-14) };

    expect(encodingFromMoments([other])).toEqual(encodingFromMoments([feature]));
    expect(encodingFromMoments([feature]).encodings[0].mean).toBe(1.23456789);
  });

  it.each([{ mean: Number.NaN }, { variance: -1 }, { variance: Number.POSITIVE_INFINITY }, { count: 0 }, { scale: 0 }])(
    "refuses %o",
    (wrong) => {
      expect(() => encodingFromMoments([{ ...feature, ...wrong }])).toThrow(EncodingError);
    },
  );
});

describe("moments", () => {
  it("keep their digits on a large, narrow column, where E[x²] − E[x]² loses them all", () => {
    const column = Float64Array.from({ length: 100_000 }, (_, i) => 1e9 + (i % 2));

    const { mean, squaredDeviations } = moments(column);

    expect(mean).toBe(1e9 + 0.5);
    expect(squaredDeviations / column.length).toBeCloseTo(0.25, 12);
  });

  it("merge to the moments of the whole, however cut", () => {
    const values = fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const whole = moments([...a, ...b]);
        const merged = mergeMoments(moments(a), moments(b));
        expect(merged.count).toBe(whole.count);
        expect(merged.mean).toBeCloseTo(whole.mean, 8);
        expect(merged.squaredDeviations / 1e8).toBeCloseTo(whole.squaredDeviations / 1e8, 9);
      }),
    );
  });

  it("add up small amounts that float32 sums would lose", () => {
    const cents = new Float64Array(200_000).fill(0.1);
    cents[0] = 1e7;

    expect(moments(cents).mean * cents.length).toBeCloseTo(1e7 + 0.1 * (cents.length - 1), 4);
  });
});

describe("a missing value", () => {
  const moments = { name: "gap_days_mean", transform: "log1p" as const, count: 9, mean: 2, variance: 4 };

  it("is at the mean of the others, or at a value of one's own, in the deviations that weights make", () => {
    const [mean] = encodingFromMoments([{ ...moments, missing: "mean", weight: 2 }]).encodings;
    expect(encode([[Number.NaN, Math.expm1(4)]], [mean]).data).toEqual(Float64Array.of(0, 2));
    const [fixed] = encodingFromMoments([{ ...moments, missing: Math.expm1(6) }]).encodings;
    expect(encode([[Number.NaN]], [fixed]).data[0]).toBeCloseTo(2, 12);
  });

  it("is refused where every customer has a value", () => {
    const [encoding] = encodingFromMoments([moments]).encodings;
    expect(() => encode([[Number.NaN]], [encoding])).toThrow(/gap_days_mean, row 0/);
  });
});
