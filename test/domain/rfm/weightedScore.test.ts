import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { bandPlanOf } from "../../../lib/domain/config/scoreSettings.ts";
import { quantile } from "../../../lib/domain/rfm/quantile.ts";
import { bandOf, CellCounts, weightedScore } from "../../../lib/domain/rfm/weightedScore.ts";

const score = fc.integer({ min: 1, max: 4 });
const people = fc.array(fc.tuple(score, score, score), { minLength: 1, maxLength: 120 });
const weight = fc.integer({ min: 0, max: 5_000 }).map((thousandths) => thousandths / 1_000);
const weights = fc.record({ recencyDays: weight, frequency: weight, monetary: weight });

describe("weighted scores", () => {
  it("have bands between the quantiles of all customers, whichever shard they come in, and never fall as scores rise", () => {
    fc.assert(
      fc.property(people, weights, fc.integer({ min: 2, max: 10 }), fc.nat(), (list, chosen, bands, cut) => {
        const bins = { recencyDays: 4, frequency: 4, monetary: 4 };
        const part = (some: typeof list) => ({
          rScore: some.map(([r]) => r),
          fScore: some.map(([, f]) => f),
          mScore: some.map(([, , m]) => m),
        });
        const at = cut % (list.length + 1);
        const counts = new CellCounts(bins).add(part(list.slice(at))).add(part(list.slice(0, at)));
        const weighted = counts.bandsOf({ weights: chosen, bands });
        const values = list.map(([r, f, m]) => weightedScore(chosen, r, f, m)).sort((a, b) => a - b);
        expect(weighted.edges).toHaveLength(bands - 1);
        weighted.edges.forEach((edge, i) => {
          expect(edge).toBeCloseTo(quantile(values, (i + 1) / bands), 9);
        });
        for (const [r, f, m] of list) {
          const band = bandOf(weighted, r, f, m);
          expect(band).toBe(1 + weighted.edges.filter((edge) => edge < weightedScore(chosen, r, f, m)).length);
          if (r < 4) expect(bandOf(weighted, r + 1, f, m)).toBeGreaterThanOrEqual(band);
        }
      }),
    );
  });

  it("are asked for by weights, and bands only where there are some", () => {
    const { scores } = parseConfig({ scores: { weights: { recency: 2 } } });
    expect(bandPlanOf(scores)).toEqual({ weights: { recencyDays: 2, frequency: 1, monetary: 1 }, bands: 5 });
    expect(bandPlanOf(parseConfig({}).scores)).toBeUndefined();
    const withBands = (more: object) => parseConfig({ scores: { weights: { recency: 2 } }, ...more } as never);
    expect(() => parseConfig({ segments: "bands" })).toThrow(/set scores.weights/);
    expect(() =>
      parseConfig({ segments: { rules: [{ name: "A", when: { band: [1] } }], otherwise: "B" } } as never),
    ).toThrow(/Rule "A": there are no bands; set scores.weights/);
    expect(withBands({ segments: "bands" }).segments).toBe("bands");
    const top = { name: "Top", when: { band: [5] } };
    expect(() => withBands({ segments: { rules: [top] } })).toThrow(/No rule takes the scores R-F-M 1-1-1, /);
    expect(() =>
      withBands({ segments: { rules: [top, { name: "Rest", when: { band: [1, 2, 3, 4] } }] } }),
    ).not.toThrow();
    expect(() =>
      withBands({ segments: { rules: [top, { name: "Late", when: { r: [1] } }], otherwise: "Rest" } }),
    ).toThrow(/Several rules take the scores R-F-M 1-1-1 \(Top, Late\)/);
    expect(() => parseConfig({ scores: { weights: { recency: 0, frequency: 0, monetary: 0 } } })).toThrow(/are all 0/);
    expect(() => parseConfig({ scores: { weights: { recency: 0.0005 } } })).toThrow(/more than three decimals/);
  });
});
