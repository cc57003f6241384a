import { describe, expect, it } from "vitest";
import { createRandom, deriveSeed, randomInteger } from "../../../../lib/domain/clustering/fit/random.ts";

const draw = (seed: number | string, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, random);
};

describe("createRandom", () => {
  it("repeats a sequence for a seed and differs between seeds", () => {
    expect(draw(7, 50)).toEqual(draw("7", 50));
    for (const other of [8, -7, 70, "7 ", "é", ""]) expect(draw(other, 5)).not.toEqual(draw(7, 5));
  });

  it("is uniform over [0, 1): every one of 64 bins is filled to within five standard deviations", () => {
    const count = 128_000;
    const bins = new Array<number>(64).fill(0);
    for (const value of draw("uniform", count)) {
      expect(value >= 0 && value < 1).toBe(true);
      bins[Math.floor(value * 64)]++;
    }
    const expected = count / 64;
    for (const bin of bins) expect(Math.abs(bin - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  it("gives unrelated sequences for neighbouring seeds", () => {
    const a = draw(1, 20_000);
    const b = draw(2, 20_000);
    const covariance = a.reduce((sum, value, i) => sum + (value - 0.5) * (b[i] - 0.5), 0) / a.length;
    expect(Math.abs(covariance * 12)).toBeLessThan(0.035);
  });

  it("keeps labels apart, whatever they contain", () => {
    const seeds = [deriveSeed(1, "a", "b"), deriveSeed(1, "a/-/b"), deriveSeed("1/-/a", "b"), deriveSeed(1, "ab")];
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it("draws integers below the bound, each of them", () => {
    const random = createRandom(3);
    const seen = new Set(Array.from({ length: 200 }, () => randomInteger(random, 5)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});
