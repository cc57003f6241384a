import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { gapStatistic } from "../../../../lib/domain/clustering/judge/gap.ts";
import { matrixOf } from "../arbitraries.ts";

const SEEDS = [1, 2, 3, 4, 5];

function unitWeights(rows: readonly (readonly number[])[]) {
  return { points: matrixOf(rows), weights: new Float64Array(rows.length).fill(1), withinCellInertia: 0 };
}

describe("gapStatistic", () => {
  it.each(SEEDS)("prefers one cluster for one stretched, turned Gaussian cloud, seed %d", (seed) => {
    const random = createRandom(`cloud ${seed}`);
    const normal = () => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
    const rows = Array.from({ length: 600 }, () => {
      const [x, y, z] = [2 * normal(), normal(), 0.5 * normal()];
      return [x + y + z, x - y + z, x - 2 * z];
    });
    expect(gapStatistic(unitWeights(rows), { random: createRandom(seed) }).preferredK).toBe(1);
  });

  it("prefers one cluster for a uniform cube", () => {
    const random = createRandom("cube");
    const rows = Array.from({ length: 600 }, () => [random(), random(), random()]);
    expect(gapStatistic(unitWeights(rows), { random: createRandom(1) }).preferredK).toBe(1);
  });

  it("lays its reference along the principal components: a uniform plank has hardly a gap, however it is turned", () => {
    const random = createRandom("plank");
    const plank = Array.from({ length: 2000 }, () => [10 * random(), 3 * random(), random()]);
    const turned = plank.map(([x, y, z]) => [x + y + z, x - y + z, x - 2 * z]);
    for (const rows of [plank, turned]) {
      const [{ gap }] = gapStatistic(unitWeights(rows), { random: createRandom(2), maxK: 2 }).curve;
      expect(Math.abs(gap)).toBeLessThan(0.2);
    }
  });

  it.each(SEEDS)("finds three blobs, seed %d", (seed) => {
    const random = createRandom(`blobs ${seed}`);
    const rows = Array.from({ length: 300 }, (_, i) => [8 * (i % 3) + random(), (i % 3 === 1 ? 9 : 0) + random()]);
    expect(gapStatistic(unitWeights(rows), { random: createRandom(seed) }).preferredK).toBe(3);
  });

  it("counts weights as rows", () => {
    const random = createRandom("cells");
    const rows = Array.from({ length: 200 }, (_, i) => [20 * (i % 2) + random(), random()]);
    const cells = { ...unitWeights(rows), weights: new Float64Array(200).fill(30) };
    const found = gapStatistic(cells, { random: createRandom(1), maxK: 4 });
    expect(found.preferredK).toBe(2);
    expect(found.curve.map(({ k }) => k)).toEqual([1, 2, 3, 4]);
  });

  it("is the same again from the same seed, with finite figures", () => {
    const rows = Array.from({ length: 50 }, (_, i) => [i % 7, (i * i) % 11]);
    const measure = () => gapStatistic(unitWeights(rows), { random: createRandom(5) });
    expect(measure()).toEqual(measure());
    expect(measure().curve.every(({ gap, standardError }) => Number.isFinite(gap) && standardError >= 0)).toBe(true);
  });

  it.each([
    [
      "identical rows",
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    ],
    ["one row", [[1, 2]]],
    ["no row", []],
    [
      "two rows",
      [
        [0, 0],
        [1, 0],
      ],
    ],
  ])("prefers one cluster for %s, without NaN", (_, rows) => {
    const found = gapStatistic(unitWeights(rows), { random: createRandom(1) });
    expect(found.preferredK).toBe(1);
    expect(found.curve.every(({ gap }) => Number.isFinite(gap))).toBe(true);
  });
});
