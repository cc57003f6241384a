import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../lib/domain/clustering/fit/random.ts";
import { featureSeparation, telling } from "../../../../lib/domain/clustering/judge/separation.ts";
import { featureNotes } from "../../../../lib/domain/model/featureNotes.ts";

const random = createRandom(7);
const noise = () => random() + random() + random() - 1.5;
/** Two groups apart in the first feature; the second is noise, the third the first again, upside down. */
const labels = Int32Array.from({ length: 300 }, (_, i) => i % 2);
const rows = Array.from(labels, (label) => {
  const first = label * 6 + noise();
  return [first, noise(), -first + noise() / 9];
});
const points = { rows: 300, columns: 3, data: Float64Array.from(rows.flat()) };
const weighted = { points, weights: new Float64Array(300).fill(1), withinCellInertia: 0 };
const names = ["recency_days", "gap_days_mean", "monetary"];

/** The silhouette of squared distances, pair by pair (Rousseeuw 1987). */
function silhouette(columns: readonly number[]): number {
  const square = (a: number, b: number) =>
    columns.reduce((sum, j) => sum + ((rows[a]?.[j] as number) - (rows[b]?.[j] as number)) ** 2, 0);
  const meanTo = (i: number, cluster: number) => {
    const others = [...labels.keys()].filter((other) => other !== i && labels[other] === cluster);
    return others.reduce((sum, other) => sum + square(i, other), 0) / others.length;
  };
  const each = [...labels.keys()].map((i) => {
    const [own, other] = [meanTo(i, labels[i] as number), meanTo(i, 1 - (labels[i] as number))];
    return (other - own) / Math.max(own, other);
  });
  return each.reduce((sum, one) => sum + one, 0) / each.length;
}

describe("what separates the clusters", () => {
  it("is what the silhouette loses without a feature, pair by pair", () => {
    const found = featureSeparation(weighted, { k: 2, labels }, names);
    const whole = silhouette([0, 1, 2]);
    const others = [
      [1, 2],
      [0, 2],
      [0, 1],
    ];
    found.forEach(({ silhouetteLoss }, j) => {
      expect(silhouetteLoss).toBeCloseTo(whole - silhouette(others[j] as number[]), 10);
    });
    expect(found[1]?.silhouetteLoss).toBeLessThan(0);
    expect(found[0]?.silhouetteLoss).toBeGreaterThan(0);
  });

  it("counts all to the only feature", () => {
    const one = { ...weighted, points: { rows: 300, columns: 1, data: Float64Array.from(rows, ([x]) => x as number) } };
    const [only] = featureSeparation(one, { k: 2, labels }, ["recency_days"]);
    expect(only?.silhouetteLoss).toBeCloseTo(silhouette([0]), 10);
  });

  it("names features that say the same, and those that take no part", () => {
    const correlations = telling(weighted, names);
    expect(correlations.map(({ features }) => features)).toEqual([["recency_days", "monetary"]]);
    expect(correlations[0]?.correlation).toBeLessThan(-0.99);
    const droppedFeatures = [{ name: "units", reason: "every row has the same units (zero variance)" }];
    const told = correlations.map(({ features, correlation }) => ({
      features: [...features] as [string, string],
      correlation,
    }));
    expect(featureNotes({ droppedFeatures, correlations: told })).toEqual([
      "Units takes no part: every row has the same units (zero variance).",
      expect.stringMatching(/^Recency and Monetary value move against one another \(correlation -(0\.99|1\.00)\)/),
    ]);
  });
});
