import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode, encodeValue, encodingFromMoments } from "../../../lib/domain/clustering/encode.ts";
import { EncodingError } from "../../../lib/domain/clustering/errors.ts";
import { mergeMoments, moments } from "../../../lib/domain/clustering/moments.ts";
import type { FeatureEncoding, Transform } from "../../../lib/domain/clustering/types.ts";

const encodingOf = (transform: Transform, more: Partial<FeatureEncoding> = {}): FeatureEncoding => {
  return { name: "monetary", transform, scale: 1, mean: 2, deviation: 0.5, ...more };
};

describe("encode", () => {
  it("names feature, row and value of what cannot be encoded", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -1.5]) {
      const act = () => encode([[1, 2, bad]], [encodingOf("log1p")]);
      expect(act).toThrow(EncodingError);
      expect(act).toThrow(/monetary, row 2/);
      try {
        act();
      } catch (error) {
        expect((error as EncodingError).context).toEqual({ feature: "monetary", row: 2, value: bad });
      }
    }
  });

  it("refuses uneven columns and a wrong number of them", () => {
    const two = [encodingOf("log1p"), encodingOf("identity", { name: "other" })];
    expect(() => encode([[1, 2], [1]], two)).toThrow(/other has 1 rows/);
    expect(() => encode([[1, 2]], two)).toThrow(EncodingError);
  });

  it("winsorises before the transform, so that a limit also saves a value log1p has no answer for", () => {
    const encoding = encodingOf("log1p", { winsorLow: 0, winsorHigh: 100 });
    expect(encodeValue(-50, encoding)).toBe(encodeValue(0, encoding));
    expect(encodeValue(1e9, encoding)).toBe(encodeValue(100, encoding));
  });

  it("lays rows out row by row and agrees with encodeValue", () => {
    const encodings = [encodingOf("log1p"), encodingOf("asinh", { scale: 20 }), encodingOf("identity")];
    const columns = [
      [1, 2],
      [-300, 4],
      [5, -6],
    ];
    const { rows, columns: width, data } = encode(columns, encodings);
    expect([rows, width]).toEqual([2, 3]);
    expect([...data]).toEqual([0, 1].flatMap((i) => encodings.map((e, j) => encodeValue(columns[j][i], e))));
  });

  it("decodes what it encoded", () => {
    const value = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, fc.constantFrom<Transform>("log1p", "asinh", "identity"), (raw, transform) => {
        const encoding = encodingOf(transform, transform === "asinh" ? { scale: 20 } : {});
        const back = decode(encode([[raw]], [encoding]), [encoding]).data[0];
        expect(Math.abs(back - raw)).toBeLessThanOrEqual(1e-9 * Math.max(1, raw));
      }),
    );
  });
});

describe("encodingFromMoments", () => {
  const feature = { name: "frequency", transform: "log1p" as const, count: 10, mean: 1.2345678901234, variance: 4 };

  it("rounds to ten significant digits", () => {
    const { encodings, dropped } = encodingFromMoments([{ ...feature, variance: 3 }]);
    expect(dropped).toEqual([]);
    expect(encodings[0]).toMatchObject({ mean: 1.23456789, deviation: 1.732050808, scale: 1 });
  });

  it("drops a feature without variance and says so, rounding noise included", () => {
    const noise = { ...feature, name: "noise", mean: 1e6, variance: 1e-14 };
    const { encodings, dropped } = encodingFromMoments([
      { ...feature, variance: 0 },
      noise,
      { ...feature, name: "ok" },
    ]);
    expect(encodings.map(({ name }) => name)).toEqual(["ok"]);
    expect(dropped.map(({ name }) => name)).toEqual(["frequency", "noise"]);
    expect(dropped[0].reason).toContain("zero variance");
  });

  it("refuses moments that mean nothing", () => {
    for (const wrong of [{ mean: Number.NaN }, { variance: -1 }, { count: 0 }, { scale: 0 }]) {
      expect(() => encodingFromMoments([{ ...feature, ...wrong }])).toThrow(EncodingError);
    }
  });
});

describe("moments", () => {
  it("keeps its digits on a large, narrow column, where E[x²] − E[x]² has none", () => {
    const column = Float64Array.from({ length: 1000 }, (_, i) => 1e9 + (i % 2));
    const { mean, squaredDeviations } = moments(column);
    expect(mean).toBe(1e9 + 0.5);
    expect(squaredDeviations / 1000).toBe(0.25);
  });

  it("merges parts into the moments of the whole", () => {
    const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const whole = moments([...a, ...b]);
        const merged = mergeMoments(moments(a), moments(b));
        expect(merged.count).toBe(whole.count);
        expect(Math.abs(merged.mean - whole.mean)).toBeLessThanOrEqual(1e-9);
        const tolerance = 1e-9 * Math.max(1, whole.squaredDeviations);
        expect(Math.abs(merged.squaredDeviations - whole.squaredDeviations)).toBeLessThanOrEqual(tolerance);
      }),
    );
  });
});
